"""Autoregressive co-kriging (Kennedy & O'Hagan 2000): a ladder instead of the star.

``y_0 = g_0`` and ``y_t(x) = rho_t y_{t-1}(x) + g_t(x)`` with independent Gaussian processes
``g_0 ~ GP(0, 4 + A² Matérn-5/2)`` and ``g_t ~ GP(0, A_t² (1 + Matérn-5/2))``. With
``w_j(t) = rho_{j+1} … rho_t`` for ``j ≤ t`` and 0 above, the covariance of two measurements is

``K_ik = Σ_j w_j(t_i) w_j(t_k) k_j(x_i, x_k) + V_ik + [i = k] (tau_t² + nugget)``,

which on nested, exact data is the recursive form of Le Gratiet & Garratt (2014), and needs neither.
The truth is the top level. Every source is a level, and so is every noise gain and every setting of
its knobs: devices first, then approximations, then references off their limit; within a role the
source with more measurements is lower, taken to be cheaper and less trusted. References are the
top. Without any, the truth is one more level that nobody measured, ``rho = 1`` and the amplitude of
the class prior (``anchor``). Mixed values, epochs and branches mean nothing here.
Shapes: ``T`` hyperparameter samples, ``P`` hyperparameters, ``N`` sites, ``M`` query points, ``D``
controls, ``L`` levels.
"""
