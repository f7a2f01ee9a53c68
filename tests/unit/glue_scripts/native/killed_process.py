"""A run without Spark in a process that the operating system kills before an effect: `python FILE NUMBER`.

The file tells where the tables lie, and holds the manifest of one dataset.
"""

import json
import os
import signal
import sys
from pathlib import Path

from lakehouse_etl.contract import manifest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.native.run import NativeRun

from tests.unit.glue_scripts.native.effects import watch
from tools.bench.native.file_catalog import FileCatalog


def main(path: str, number: int) -> None:
    """Run the job; nobody returns from here unless the number is beyond the last effect."""
    plan = json.loads(Path(path).read_text())
    [dataset] = manifest.decode(json.dumps(plan["manifest"]).encode(), path).datasets

    def before(reached: int) -> None:
        if reached == number:
            os.killpg(0, signal.SIGKILL)

    run = NativeRun(
        FileCatalog(Path(plan["warehouse"])), LocalStorage(), dataset, "killed", **plan["options"]
    )
    with watch(before):
        run.run(lambda: Keys(b"masking key"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
