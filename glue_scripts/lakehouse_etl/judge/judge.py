"""Judges the records of objects by their contract."""

from collections.abc import Callable, Iterator

from lakehouse_etl.contract.changes import as_written
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.careful import CarefulJudge
from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.fields.arrow_types import arrow_type, judged_schema
from lakehouse_etl.judge.fields.masking import Keys, mask_of
from lakehouse_etl.judge.fields.plan import FieldPlan
from lakehouse_etl.judge.json.format import JsonFormat
from lakehouse_etl.judge.parquet.form import ParquetForm
from lakehouse_etl.judge.parquet.judging import FileJudge
from lakehouse_etl.judge.part import Part, Source
from lakehouse_etl.judge.records import Format
from lakehouse_etl.judge.shape import shaper
from lakehouse_etl.judge.vectorised.tier import tier_of
from lakehouse_etl.judge.waivers import Waivers

_FORMATS: dict[str, Callable[[Dataset], Format]] = {"csv": CsvFormat, "json": JsonFormat}

Judging = Callable[[Source], Iterator[Part]]


class Judge:
    """Judges the records of one dataset."""

    def __init__(self, dataset: Dataset, keys: Keys) -> None:
        """Take the dataset, and the keys that its masking needs.

        Raises:
            ValueError: A value is to be masked under a key that is not there.
        """
        changes = dataset.changes
        written = dataset if changes is None else as_written(dataset, changes)
        of_files = dataset.bronze.format == "parquet"
        form = ParquetForm(written) if of_files else _FORMATS[dataset.bronze.format](written)
        plans = tuple(FieldPlan(field, form.reader(field)) for field in written.fields)
        self.breaches = (*form.forms, *(breach for plan in plans for breach in plan.breaches))
        """Every way to break the contract, in order of judgement."""
        self.schema = judged_schema(written, deletes=changes is not None)
        """The fields, then the record hash, then what is rescued."""
        self.shape = shaper(written.fields)
        """Makes what may be told of a rejected record to those who may not see its text."""
        masks = [mask_of(field, keys) for field in written.fields]
        waivers = None if changes is None else Waivers(dataset, written, plans)
        self._tier = None
        """What judges many records at once, and leaves what is doubtful to the careful one."""
        if isinstance(form, ParquetForm):
            files = FileJudge(written, form, plans, masks=masks, schema=self.schema, waivers=waivers)
            self._carefully: Judging = files.judged
        else:
            kinds = [arrow_type(field.type) for field in written.fields]
            careful = CarefulJudge(form, plans, kinds=kinds, masks=masks, schema=self.schema, waivers=waivers)
            self._carefully = careful.judged
            self._tier = tier_of(written, form, self.schema, masks, careful.parts)

    def judged(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object, judged, in parts of bounded size.

        Records without doubt are judged many at once, where the contract lets them.
        """
        return self.carefully(source) if self._tier is None else self._tier.judged(source)

    def carefully(self, source: Source) -> Iterator[Part]:
        """Yield the records of an object as `judged` has to, without haste."""
        return self._carefully(source)
