"""What a fitted star answers beside predictions.

``draws``, ``derivatives`` and ``functionals`` ask it of the truth as a whole; ``influence`` and
``difference`` of the measurements that it was made from. Needs numpy only.
"""
