"""What a contract makes of data: each record accepted, rejected or superseded, as a job would have it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import pyarrow as pa
from lakehouse_etl.bronze.sampling import OBJECTS, found_in
from lakehouse_etl.contract import manifest
from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.contract.model import Dataset, Product
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Rejected, Source
from lakehouse_etl.native.figures import RowsMeter
from lakehouse_etl.native.ranking import ROW, narrowed, superseded, without
from lakehouse_etl.personal.findings import Finding
from lakehouse_etl.personal.undeclared import undeclared
from lakehouse_etl.quality.measured import Measured
from lakehouse_etl.quality.meter import measure
from lakehouse_etl.records.counts import Counts
from lakehouse_etl.records.part import SOURCE

from config.naming import Naming
from lakehouse.model import dataset as model
from lakehouse.targets.manifest import compile_domain
from tools.lake.testing.lines import lines_of

UNREADABLE = "unreadable_file"
"""Reason of an object that is no data of the contract's format at all."""

_NAMING = Naming("lake", "test", "000000000000", "us-east-1")
"""Names of tables that are nowhere."""

_KEYS = Keys(b"lake test", b"lake test")
"""Not that of any lake, so that hashes which are printed join nothing."""


@dataclass(frozen=True)
class Refusal:
    """A rejected record."""

    file: str
    line: int | None
    """Line on which it begins; None where it has none, as in Parquet."""
    rejected: Rejected


@dataclass(frozen=True)
class Trial:
    """What became of all records."""

    dataset: Dataset
    files: Mapping[str, int]
    """Records by file."""
    counts: Counts
    refusals: Sequence[Refusal]
    rows: pa.Table
    """What silver would hold, masked."""
    rules: Sequence[Measured]
    """The rules about the table, measured on these rows alone."""
    ranked: bool
    """Whether versions of a key were ranked; changes of a database table are applied by Spark alone."""
    personal: Sequence[Finding]
    """Personal data in a sample of the records, as a run takes it."""

    @property
    def reasons(self) -> dict[str, list[Refusal]]:
        """Rejected records by reason, the most frequent one first."""
        found: dict[str, list[Refusal]] = {}
        for each in self.refusals:
            found.setdefault(each.rejected.breach.reason, []).append(each)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))

    @property
    def undeclared(self) -> list[Finding]:
        """The personal data that the contract does not declare."""
        return undeclared(self.dataset.personal, self.personal)

    @property
    def within_gate(self) -> bool:
        """Whether a run would tolerate so many rejected records."""
        return self.counts.rejected_ratio <= self.dataset.max_rejected_ratio

    @property
    def broken(self) -> list[Measured]:
        """Rules that fail a run; those that only Spark can measure are not among them."""
        return [each for each in self.rules if each.problem is None and each.fails]


def as_jobs_have_it(lake: model.Lake, dataset: model.Dataset) -> Dataset:
    """Return a dataset as the manifest of its domain tells it to jobs."""
    [found] = _manifest(lake, dataset).datasets
    return found


def product_as_jobs_have_it(lake: model.Lake, product: model.Dataset) -> Product:
    """Return a product as the manifest of its domain tells it to jobs, but for its inputs and refresh."""
    [found] = _manifest(lake, replace(product, inputs=(), refresh=None)).products
    return found


def _manifest(lake: model.Lake, dataset: model.Dataset) -> Manifest:
    alone = replace(lake, datasets=(dataset,))
    document = compile_domain(alone, dataset.domain, _NAMING)
    return manifest.decode(json.dumps(document).encode(), dataset.source)


def judged(dataset: Dataset, sources: Sequence[Source]) -> Trial:
    """Judge the records of files, and rank the versions of each key."""
    judge = Judge(dataset, _KEYS)
    names = pa.array([source.uri for source in sources], pa.string())
    good, files = [_no_rows(judge.schema)], {}
    refusals: list[Refusal] = []
    for number, source in enumerate(sources):
        parts = list(judge.judged(source))
        good += [_of_file(part.rows, number, names) for part in parts]
        rejected = [each for part in parts for each in part.rejected]
        refusals += _located(source, rejected, has_lines=dataset.bronze.format != "parquet")
        files[source.uri] = len(rejected) + sum(part.rows.num_rows for part in parts)
    rows = pa.concat_tables(good)
    ranked = dataset.changes is None
    winners = _winners(rows, dataset) if ranked else rows
    lost = rows.num_rows - winners.num_rows
    counts = Counts(sum(files.values()), winners.num_rows, len(refusals), lost)
    shown = winners.select([field.name for field in dataset.fields])
    rules = _measured(winners, dataset) if ranked else ()
    personal = found_in(dataset, sources[:OBJECTS])
    return Trial(dataset, files, counts, refusals, shown, rules, ranked, personal)


def _measured(rows: pa.Table, dataset: Dataset) -> tuple[Measured, ...]:
    known = [rule for rule in dataset.table_rules if rule.spark_only is None]
    found = dict(zip(known, measure(RowsMeter(), known, rows)[0], strict=True))
    return tuple(found.get(rule) or Measured(rule, problem=rule.spark_only) for rule in dataset.table_rules)


def _no_rows(schema: pa.Schema) -> pa.Table:
    return schema.append(pa.field(SOURCE, pa.dictionary(pa.int32(), pa.string()))).empty_table()


def _of_file(rows: pa.RecordBatch, number: int, names: pa.Array) -> pa.Table:
    at = pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)
    table = pa.Table.from_batches([rows])
    return table.append_column(SOURCE, pa.DictionaryArray.from_arrays(at, names))


def _winners(rows: pa.Table, dataset: Dataset) -> pa.Table:
    narrow = narrowed(rows.unify_dictionaries(), dataset)
    return rows.take(without(narrow, superseded(narrow, dataset))[ROW])


def _located(source: Source, rejected: Sequence[Rejected], *, has_lines: bool) -> Iterator[Refusal]:
    ordered = sorted(rejected, key=lambda each: each.position)
    raws = [each.raw for each in ordered]
    for each, line in zip(ordered, lines_of(source, raws) if has_lines else repeat(None), strict=False):
        yield Refusal(source.uri, line, each)
