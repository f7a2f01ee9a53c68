"""Finds the objects that keep Spark from reading a batch, once it has failed; nothing is checked before.

An object counts as damaged only if Spark fails on it alone, twice, for a reason that lies in its bytes, and
these can all be fetched. Whatever else goes wrong, such as a denied access, fails the run.
"""

import re
from collections.abc import Callable, Sequence

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.bronze.parquet_files import by_schema, open_files, read_footers
from lakehouse_etl.bronze.reading import lines
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job.storage import Storage

SPARK_ERRORS = (Py4JJavaError, PySparkException)
"""How Spark reports what fails while it reads."""

_NOT_OF_BYTES = re.compile(
    r"amazonaws|awssdk|fs\.s3a|emr\.|java\.net\.|javax\.net\.|org\.apache\.http|AccessDenied|FileNotFound"
    r"|PATH_NOT_FOUND|NoSuchFile|InterruptedIO|ExecutorLost|OutOfMemory|FetchFailed|TaskKilled|cancelled"
    r"|No space left"
)
"""What tells of the network, rights or machines; on a cluster the message is all that is left of a cause."""


class MiscountedError(RuntimeError):
    """Objects hold another number of records than they say; nothing was written."""

    def __init__(self, uris: frozenset[str]) -> None:
        """Take the URIs of the objects."""
        super().__init__(f"{', '.join(sorted(uris))}: not as many records as the footer tells")
        self.uris = uris


_PIECE = 1024 * 1024


def damaged_among(
    session: SparkSession, storage: Storage, dataset: Dataset, objects: Sequence[BronzeObject]
) -> frozenset[str]:
    """Return the URIs of the damaged objects; empty if the failure had another reason."""
    sizes = {item.uri: item.size for item in objects if item.size}
    groups: list[tuple[list[str], Callable[[Sequence[str]], DataFrame]]] = []
    if dataset.bronze.format == "json":
        groups = [(list(sizes), lambda uris: lines(session, uris))]
    elif dataset.bronze.format == "parquet":
        schemas = by_schema(read_footers(storage, objects))
        groups = [(uris, lambda some: open_files(session, some)) for uris in schemas.values()]
    found = {uri for uris, read in groups for uri in _failing(uris, read)}
    return frozenset(uri for uri in found if _is_whole(storage, uri, sizes[uri]))


def _failing(uris: list[str], read: Callable[[Sequence[str]], DataFrame]) -> list[str]:
    """Return those that cannot be read alone, by halves: few are damaged, if any."""
    if _reads(uris, read):
        return []
    if len(uris) == 1:
        return [] if _reads(uris, read) else uris
    middle = len(uris) // 2
    return [*_failing(uris[:middle], read), *_failing(uris[middle:], read)]


def _reads(uris: Sequence[str], read: Callable[[Sequence[str]], DataFrame]) -> bool:
    try:
        read(uris).write.format("noop").mode("overwrite").save()
    except SPARK_ERRORS as error:
        if _NOT_OF_BYTES.search(str(error)):
            raise
        return False
    return True


def _is_whole(storage: Storage, uri: str, size: int) -> bool:
    """Whether all bytes of an object arrive."""
    with storage.open(uri) as file:
        return sum(len(piece) for piece in iter(lambda: file.read(_PIECE), b"")) == size
