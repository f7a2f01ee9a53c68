"""Reads Parquet files in batches of bounded size; before the first the whole file is seen to be sound."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse_etl.judge.objects import UnreadableError

_FAULTS = (pa.ArrowException, OSError, ValueError)
"""How Arrow reports what it cannot read. The bytes lie here: neither network nor rights are at fault."""

_ROWS = 16 * 1024
_BYTES = 32 * 1024 * 1024
"""Rows and bytes of a batch, unless a single row has more."""

_SAMPLE = 256
"""Rows at the start that tell how long rows are: in the file, equal texts may lie there once."""

_HELD = 128 * 1024 * 1024
"""Bytes of a file that are held in memory, so that they need not be decompressed twice."""

_HINT = b"ARROW:schema"
"""Where a footer has Arrow's note on its own types."""


class ParquetObject:
    """One Parquet file on this machine."""

    def __init__(self, content: bytes | Path) -> None:
        """Read the footer.

        Raises:
            UnreadableError: There is none.
        """
        try:
            stored = pa.memory_map(str(content)) if isinstance(content, Path) else pa.BufferReader(content)
            self._file = _opened(stored)
            if any(map(_has_fixed_lists, self._file.schema_arrow.types)):
                stored.seek(0)
                self._file = _opened(pa.BufferReader(_without_hint(stored.read())))
            self.schema: pa.Schema = self._file.schema_arrow
            self.columns: pq.ParquetSchema = self._file.schema
        except MemoryError:
            raise
        except _FAULTS as error:
            raise UnreadableError from error

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows.

        Raises:
            UnreadableError: They cannot be read, or are not as many as the footer tells; none was yielded.
        """
        try:
            held = self._verified()
        except (MemoryError, UnreadableError):
            raise
        except _FAULTS as error:
            raise UnreadableError(self._cause()) from error
        return iter(held) if held is not None else self._read()

    def _verified(self) -> list[pa.RecordBatch] | None:
        """Read all; return it, or None if it is too much to be held."""
        held: list[pa.RecordBatch] | None = []
        rows = size = 0
        for batch in self._read():
            rows += batch.num_rows
            size += batch.nbytes
            held = [*held, batch] if held is not None and size <= _HELD else None
        told = self._file.metadata.num_rows
        if rows != told:
            raise UnreadableError(f"the footer tells of {told} rows, there are {rows}")
        return held

    def _read(self) -> Iterator[pa.RecordBatch]:
        yield from self._file.iter_batches(self._rows_at_once(), use_threads=False)

    def _rows_at_once(self) -> int:
        sample = next(self._file.iter_batches(_SAMPLE, use_threads=False), None)
        if sample is None or not sample.num_rows:
            return _ROWS
        rows: int = _BYTES * sample.num_rows // max(sample.nbytes, 1)
        return max(1, min(_ROWS, rows))

    def _cause(self) -> str:
        """Name what keeps the file from being read: the first column that cannot be read alone."""
        for at, name in enumerate(self._paths()):
            codecs = {self._file.metadata.row_group(group).column(at).compression
                      for group in range(self._file.num_row_groups)}  # fmt: skip
            missing = sorted(filter(_is_missing, codecs))
            if missing:
                return f"{name}: compression {missing[0]}"
            if not self._reads(name):
                return name
        return ""

    def _paths(self) -> list[str]:
        return [self.columns.column(at).path for at in range(len(self.columns.names))]

    def _reads(self, path: str) -> bool:
        try:
            for _ in self._file.iter_batches(_ROWS, columns=[path], use_threads=False):
                pass
        except _FAULTS:
            return False
        return True


def _opened(content: pa.NativeFile) -> pq.ParquetFile:
    return pq.ParquetFile(
        content,
        coerce_int96_timestamp_unit="us",
        page_checksum_verification=True,
        pre_buffer=False,
    )


def _has_fixed_lists(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.FixedSizeListType):
        return True
    return any(_has_fixed_lists(kind.field(at).type) for at in range(kind.num_fields))


def _without_hint(content: bytes) -> bytes:
    """Return a file without Arrow's note on its own types.

    Arrow writes null among lists of one size, and does not read it again; without the note they are lists.
    """
    at = content.rindex(_HINT)
    return content[:at] + b"-" * len(_HINT) + content[at + len(_HINT) :]


def _is_missing(codec: str) -> bool:
    """Whether Arrow cannot undo a compression."""
    try:
        return codec != "UNCOMPRESSED" and not pa.Codec.is_available(codec.lower())
    except ValueError:
        return True
