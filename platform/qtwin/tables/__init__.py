"""Files of measurements in, tables of predictions out: the twin without a server.

``read_spec``, ``read_data`` and ``read_points`` read what ``qtwin fuse`` and ``qtwin plan`` are
given; every refusal is a ``FileRefused`` that names file, line and column.
"""
