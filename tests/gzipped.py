"""Compression to the same bytes at any time: every test process has to collect the same tests."""

import gzip
from functools import partial

gzipped = partial(gzip.compress, mtime=0)
