"""Columns of judged records: values that keep every rule, masked."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.fields.masking import Mask
from lakehouse_etl.judge.vectorised.rules import kept_rules
from lakehouse_etl.judge.vectorised.values import both

Read = tuple[pa.Array, pa.Array | None]
"""Values of a field, and whether each of them is clean; None if all are."""


class Columns:
    """Judges the values of records, field by field, and makes rows of the records."""

    def __init__(self, dataset: Dataset, schema: pa.Schema, masks: Sequence[Mask]) -> None:
        """Take the dataset with the fields of its files, the columns of judged records, and what masks.

        Raises:
            UnservedError: No record keeps the rules.
        """
        self._rules = [tuple(kept_rules(each)) for each in dataset.fields]
        self._masks = masks
        self._schema = schema
        self._rescues = dataset.rescues

    def clean(self, columns: Sequence[Read]) -> pa.Array | None:
        """Return whether each record has clean values that keep the rules; None if all records have."""
        clean = None
        for rules, (values, read) in zip(self._rules, columns, strict=True):
            clean = both(clean, read)
            for rule in rules:
                kept = rule(values)
                if values.null_count:
                    kept = pc.or_kleene(kept, values.is_null())
                if not pc.all(kept, min_count=0).as_py():
                    clean = both(clean, kept)
        return clean

    def rows(
        self, columns: Iterable[pa.Array], hashes: Sequence[int], rescued: Sequence[str | None]
    ) -> pa.RecordBatch:
        """Return clean records as rows; hashes have no sign yet."""
        masked = [mask(values) for mask, values in zip(self._masks, columns, strict=True)]
        signed = pa.array(hashes, pa.uint64()).view(pa.int64())
        rest = [pa.array(rescued, pa.string())] if self._rescues else []
        return pa.RecordBatch.from_arrays([*masked, signed, *rest], schema=self._schema)
