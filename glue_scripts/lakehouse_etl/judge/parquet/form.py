"""What the records of a Parquet file may break as a whole: by its columns, or by texts in any of them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.fields.faults import Reader
from lakehouse_etl.judge.fields.rules import missing_column
from lakehouse_etl.judge.json.forms import UNKNOWN_FIELD
from lakehouse_etl.judge.objects import UNREADABLE
from lakehouse_etl.judge.parquet.layout import Layout
from lakehouse_etl.judge.parquet.plans import read_given
from lakehouse_etl.judge.parquet.utf8 import rows_not_utf8

_REPEATED = Breach("bad_header", "expected one column for each field, whatever the case of its name")
_NOT_UTF8 = Breach("not_utf8", "expected UTF-8")


class ParquetForm:
    """Judges records of a dataset before their values are."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset with the fields that its files have."""
        self._missing = {
            field.source_name: missing_column(field, "schema") for field in dataset.fields if field.required
        }
        self._rejects = dataset.unknown_fields == "reject"
        unknown = (UNKNOWN_FIELD,) if self._rejects else ()
        self.forms = (UNREADABLE, _REPEATED, *self._missing.values(), _NOT_UTF8, *unknown)

    def reader(self, field: Field) -> Reader:
        """Return what reads a field's value: it was read with its column."""
        return read_given

    def broken(self, layout: Layout, columns: Sequence[pa.Array], rows: int) -> Mapping[int, Breach]:
        """Return by row what a record breaks, before any value is looked at."""
        if layout.repeated:
            return dict.fromkeys(range(rows), _REPEATED)
        for name, breach in self._missing.items():
            if name not in layout.places:
                return dict.fromkeys(range(rows), breach)
        has_unknown = self._rejects and (layout.unknown or layout.has_unknown_members)
        found = dict.fromkeys(range(rows), UNKNOWN_FIELD) if has_unknown else {}
        for column in columns:
            found |= dict.fromkeys(rows_not_utf8(column), _NOT_UTF8)
        return found
