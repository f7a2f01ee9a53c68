"""Tests contracts against data, and the SQL of products against rows, without a lake.

Records are judged by the jobs' own package. That is deployed as it lies in `glue_scripts`, so it is installed
nowhere, and is looked for there.
"""

import sys

from config.load import PROJECT_ROOT

sys.path.append(str(PROJECT_ROOT / "glue_scripts"))
