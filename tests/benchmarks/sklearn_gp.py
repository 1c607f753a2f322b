"""CPU seconds of scikit-learn's Gaussian process on rows (x1, x2, y) of standard input.

A process of its own, which imports nothing of QTwin.
"""

import json
import sys
import time

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

rows = np.array(json.load(sys.stdin))
kernel = ConstantKernel(1.0) * Matern([0.4, 0.4], nu=2.5) + WhiteKernel(0.01)
began = time.process_time()
GaussianProcessRegressor(kernel, normalize_y=True).fit(rows[:, :2], rows[:, 2])
sys.stdout.write(str(time.process_time() - began))
