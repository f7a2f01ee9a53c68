"""Tasks that fail at a value, in a process of their own: `python FILE VALUE` prints a line for each."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from lakehouse_etl.job.runtime import open_session
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import functions as F


def main(value: str) -> None:
    """Let a value fail in a cast, in one whose rows are to be held, and in a function of Python."""
    session = open_session("failing")
    session.conf.set("spark.sql.ansi.enabled", "true")
    rows = session.createDataFrame([(value,)], "value STRING")
    numbers = rows.select(F.col("value").cast("int"))

    def refuse(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            raise ValueError(batch.to_pylist())
            yield batch

    attempts: tuple[Callable[[], Any], ...] = (
        numbers.collect,
        numbers.persist().count,
        rows.mapInArrow(refuse, "value STRING").collect,
    )
    for attempt in attempts:
        try:
            attempt()
        except (Py4JJavaError, PySparkException) as error:
            print(f"failed: {type(error).__name__}")


if __name__ == "__main__":
    main(sys.argv[1])
