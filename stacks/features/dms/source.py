"""What a contract tells AWS DMS of its dataset: which table of the database it is kept equal to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.faults import Fault
from config.section import Section
from lakehouse.model.dataset import Content, Dataset, Mode
from stacks.features.feature import SourceHook

NAME = "dms"


class SourceOptions(Section):
    """What `lake.ingestion.source` says beside `feature: dms`."""

    schema_name: Annotated[str, Field(min_length=1, max_length=63)] | None = Field(None, alias="schema")
    """Schema of the database, in the case in which the database has it; without it, named as the domain."""
    table: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    """Table, likewise; without it, named as the dataset."""


@dataclass(frozen=True)
class SourceTable:
    """Table of a database that a dataset is kept equal to."""

    schema: str
    table: str

    @property
    def name(self) -> str:
        """`<schema>.<table>`."""
        return f"{self.schema}.{self.table}"


def replicas(datasets: Iterable[Dataset]) -> dict[Dataset, SourceTable]:
    """Return the datasets that DMS feeds, and the table of each."""
    found = {}
    for dataset in datasets:
        source = dataset.ingestion.source if dataset.ingestion else None
        if source is not None and source.feature == NAME:
            schema, table = source.option("schema"), source.option("table")
            found[dataset] = SourceTable(schema or dataset.domain, table or dataset.name)
    return found


def _check_all(datasets: Sequence[Dataset], root: Path) -> Iterator[Fault]:
    """Yield tables that feed two datasets, and schemas that feed two domains.

    DMS names one folder for a table, and for a whole schema.
    """
    tables: dict[str, Dataset] = {}
    schemas: dict[str, Dataset] = {}
    for dataset, table in replicas(datasets).items():
        holder = tables.setdefault(table.name, dataset)
        if holder is not dataset:
            allowed = f"a source table of its own; {holder.source} has this one"
            yield Fault(dataset.source, "source table", table.name, allowed, "rename one of them")
        holder = schemas.setdefault(table.schema, dataset)
        if holder.domain != dataset.domain:
            allowed = f"one domain for the tables of a schema; {holder.id} has it"
            yield Fault(dataset.source, "source.schema", table.schema, allowed, f"move it to {holder.domain}")


SOURCE = SourceHook(mode=Mode.FILES, content=Content.CHANGES, options=SourceOptions, check_all=_check_all)
