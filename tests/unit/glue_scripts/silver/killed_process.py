"""A job run in a process of its own, which the operating system kills before an effect: `python FILE NUMBER`.

The file holds the settings of a Spark session and the manifest of one dataset.
"""

import json
import os
import signal
import sys
from pathlib import Path

from lakehouse_etl.contract import manifest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.silver.run import SilverRun
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.silver.effects import watch


def main(path: str, number: int) -> None:
    """Run the job; nobody returns from here unless the number is beyond the last effect."""
    plan = json.loads(Path(path).read_text())
    builder = SparkSession.builder.master("local[1]")
    for name, value in plan["settings"].items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    [dataset] = manifest.decode(json.dumps(plan["manifest"]).encode(), path).datasets

    def before(reached: int) -> None:
        if reached == number:
            os.killpg(0, signal.SIGKILL)

    with watch(before):
        SilverRun(session, LocalStorage(), dataset, "killed").run(lambda: Keys(b"masking key"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
