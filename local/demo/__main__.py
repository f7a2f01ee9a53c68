"""`python -m local.demo`."""

import sys

from local.demo.command import app

sys.exit(app())
