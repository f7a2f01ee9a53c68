"""Commits that fail because somebody else was faster."""

from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from lakehouse_etl.tables.history import MovedError

_CONFLICT = "org.apache.iceberg.exceptions.ValidationException"
"""What Iceberg raises if a commit would undo one that it has not seen:
https://iceberg.apache.org/docs/latest/reliability/"""


@contextmanager
def overtaken(table: str) -> Iterator[None]:
    """Raise MovedError in place of a conflict that Iceberg finds."""
    try:
        yield
    except (Py4JJavaError, PySparkException) as error:
        if _CONFLICT not in str(error):
            raise
        raise MovedError(table) from error
