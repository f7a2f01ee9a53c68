"""Programs for people who work on the lake.

Some judge records, or read tokens back, by the jobs' own package. That is deployed as it lies in
`glue_scripts`, so it is installed nowhere, and is looked for there.
"""

import sys

from config.load import PROJECT_ROOT

sys.path.append(str(PROJECT_ROOT / "glue_scripts"))
