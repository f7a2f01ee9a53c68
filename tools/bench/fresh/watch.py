"""When a reader of the catalogue sees the rows of objects."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyiceberg.table import StaticTable

from local.emulator import object_io
from local.emulator.launcher import EmbeddedAws

_LOOKS = 0.2
"""Seconds between two looks into the catalogue."""


@dataclass
class Watch:
    """When versions of a table were seen first."""

    aws: EmbeddedAws
    database: str
    seen: dict[str, float] = field(default_factory=dict)
    """By the place of the version's metadata."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look into the catalogue until the block ends."""
        ended = threading.Event()
        glue = self.aws.client("glue")

        def watch() -> None:
            while not ended.wait(_LOOKS):
                table = glue.get_table(DatabaseName=self.database, Name="orders")["Table"]
                self.seen.setdefault(table["Parameters"]["metadata_location"], time.monotonic())

        with ThreadPoolExecutor(1) as pool:
            watcher = pool.submit(watch)
            try:
                yield
            finally:
                ended.set()
            watcher.result()

    def objects(self) -> dict[str, float]:
        """Tell when the rows of each object were seen first."""
        s3 = self.aws.client("s3")
        found: dict[str, float] = {}
        known = None
        for place, instant in self.seen.items():
            table = object_io.open_table(s3, place)
            if table.metadata.current_snapshot_id != known:
                known = table.metadata.current_snapshot_id
                for source in sources(table):
                    found.setdefault(source, instant)
        return found


def sources(table: StaticTable) -> list[str]:
    """Return the URIs of the objects whose rows a table has."""
    rows = table.scan(selected_fields=("_source_object",)).to_arrow()
    return list(rows["_source_object"].unique().to_pylist())
