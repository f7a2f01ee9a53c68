"""Knows which keys data files hold, by their hashes, so that files with none of a batch's are not read again.

Where keys are random, each file's bounds hold all of them between. So what is read of keys to compare is
remembered, in objects beside the states, which commits name in their summaries. Data files never change: what
is known of one stays true, whoever has committed since. A file that nobody knows, such as one that compaction
or Spark has written, is read.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import accumulate
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.table import FileScanTask

from lakehouse_etl.bronze.commits import HASHES
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.types import Decimal, Primitive
from lakehouse_etl.job.log import report
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.native.engine import listed, query
from lakehouse_etl.tables.history import Snapshot

_PLAIN = tuple(Primitive(name) for name in ("string", "int", "long", "date"))
"""Types whose values have one text, from whatever type a column has come; decimals have it too."""

_FEW = 100_000
"""Keys of a batch up to which files are told apart by them; more are in most files anyway."""

_MOST = 10_000_000
"""Keys that are remembered, eight bytes each."""

_OBJECTS = 8
"""Objects over which hashes are spread, before they are written into one."""

_SCHEMA = pa.schema([("file", pa.string()), ("hashes", pa.list_(pa.uint64()))])

Hashes = Mapping[str, pa.Array]
"""Hashes of the keys of data files, by their paths."""


class KeyIndex:
    """What is known of the keys of one table."""

    def __init__(self, storage: Storage, dataset: Dataset) -> None:
        """Take where states lie, and the dataset."""
        kinds = {field.name: field.type for field in dataset.fields}
        self._serves = all(isinstance(kinds[name], Decimal) or kinds[name] in _PLAIN for name in dataset.key)
        self._storage = storage
        self._location = dataset.state_location
        self._sql = f"SELECT hash(concat_ws(chr(31), {listed(dataset.key)})) AS hash FROM rows"  # noqa: S608 (quoted)
        # Another version may hash otherwise, and a contract may have had another key.
        self._schema = _SCHEMA.with_metadata({"duckdb": duckdb.__version__, "key": listed(dataset.key)})
        self._uris: list[str] = []
        self._stored: dict[str, pa.Array] | None = None
        self._learnt: dict[str, pa.Array] = {}

    def refer(self, history: Iterable[Snapshot]) -> None:
        """Take what the newest commit names that names any."""
        named = next((each.summary[HASHES] for each in history if HASHES in each.summary), "").split()
        if self._uris != named:
            self._uris, self._stored = named, None

    def holding(self, tasks: list[FileScanTask], winners: pa.Table) -> list[FileScanTask]:
        """Return the files that may hold a key of some winners."""
        if not self._serves or len(tasks) <= 1 or winners.num_rows > _FEW:
            return tasks
        known = self._known()
        paths = {each.file.file_path for each in tasks}
        found = {path: hashes for path, hashes in known.items() if path in paths}
        unhit = found.keys() - _hit(found, self._hashes(winners))
        return [each for each in tasks if each.file.file_path not in unhit]

    def learn(self, tasks: Iterable[FileScanTask], rows: pa.Table, file: str) -> None:
        """Remember the keys of files; column `file` tells of each row the number of its file, in order."""
        if not self._serves:
            return
        hashes = self._hashes(rows)
        counts = {each["values"]: each["counts"] for each in pc.value_counts(rows[file]).to_pylist()}
        start = 0
        for number, task in enumerate(tasks):
            self._learnt[task.file.file_path] = hashes.slice(start, counts.get(number, 0))
            start += counts.get(number, 0)

    def named(self, gone: Collection[str], live: Callable[[], Iterable[str]]) -> dict[str, str]:
        """Keep what has been learnt, and return what the summary of the coming commit tells of it.

        Args:
            gone: Files that the commit removes.
            live: Tells the files of the table, where many objects become one.
        """
        new = {path: hashes for path, hashes in self._learnt.items() if path not in gone}
        if new and len(self._uris) >= _OBJECTS:
            alive = frozenset(live()).difference(gone)
            new = {path: hashes for path, hashes in self._known().items() if path in alive}
            self._uris = []
        if new:
            self._uris = [*self._uris, self._written(_newest(new))]
            self._stored, self._learnt = None, {}
        return {HASHES: " ".join(self._uris)} if self._uris else {}

    def _known(self) -> dict[str, pa.Array]:
        if self._stored is None:
            self._stored = {path: hashes for uri in self._uris for path, hashes in self._read(uri)}
        return {**self._stored, **self._learnt}

    def _hashes(self, rows: pa.Table) -> pa.Array:
        return query(self._sql, {"rows": rows})["hash"].combine_chunks()

    def _written(self, known: Hashes) -> str:
        uri = f"{self._location}keys-{uuid4().hex}.arrow"
        ends = list(accumulate(map(len, known.values()), initial=0))
        hashes = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.concat_arrays(known.values()))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self._schema) as stream:
            stream.write_table(pa.table([pa.array(known, pa.string()), hashes], schema=self._schema))
        self._storage.write(uri, sink.getvalue().to_pybytes())
        return uri

    def _read(self, uri: str) -> Iterator[tuple[str, pa.Array]]:
        """Yield what an object tells; of one that is gone, or that hashes otherwise, nothing is known."""
        try:
            with self._storage.open(uri) as file:
                rows = pa.ipc.open_stream(file.read()).read_all()
        except (OSError, pa.ArrowInvalid) as error:
            report(hashes=uri, unknown=str(error))
            return
        if rows.schema.equals(self._schema, check_metadata=True):
            for path, hashes in zip(rows["file"].to_pylist(), rows["hashes"], strict=True):
                yield path, hashes.values


def _hit(known: Hashes, wanted: pa.Array) -> set[str]:
    """Return the files that hold one of the hashes."""
    if not known:
        return set()
    paths, ends = list(known), list(accumulate(map(len, known.values())))
    found = pc.indices_nonzero(pc.is_in(pa.concat_arrays(known.values()), wanted))
    return {paths[bisect_right(ends, place)] for place in found.to_pylist()}


def _newest(known: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the files that were learnt last, as long as their keys are not too many together."""
    found: dict[str, pa.Array] = {}
    total = 0
    for path, hashes in reversed(known.items()):
        total += len(hashes)
        if total > _MOST:
            break
        found[path] = hashes
    return dict(reversed(found.items()))
