"""Commits that fail because somebody else was faster."""

from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

_CONFLICT = "org.apache.iceberg.exceptions.ValidationException"
"""What Iceberg raises if a commit would undo one that it has not seen:
https://iceberg.apache.org/docs/latest/reliability/"""


class MovedError(RuntimeError):
    """Somebody else has committed to the table meanwhile; nothing was published, and all has to be redone."""

    def __init__(self, table: str) -> None:
        """Take the name of the table."""
        super().__init__(f"{table}: somebody else has committed to it")


@contextmanager
def overtaken(table: str) -> Iterator[None]:
    """Raise MovedError in place of a conflict that Iceberg finds."""
    try:
        yield
    except (Py4JJavaError, PySparkException) as error:
        if _CONFLICT not in str(error):
            raise
        raise MovedError(table) from error
