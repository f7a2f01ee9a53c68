"""Rules about what sources call columns: each name stands for one column."""

from collections.abc import Sequence

from config.document import KeyPath
from lakehouse.model.dataset import Dataset, Format, Ingestion
from lakehouse.model.fields import Field, Struct
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.names import RESERVED

_PLACE: KeyPath = ("schema", 0, "properties")


def check_source_names(dataset: Dataset, ingestion: Ingestion, findings: Findings) -> None:
    """Note every name in the source that two columns have, or that its format leaves no room for."""
    of_parquet = ingestion.format is Format.PARQUET
    _check(dataset.fields, _PLACE, findings, of_parquet=of_parquet)
    for at, field in enumerate(dataset.fields if of_parquet else ()):
        if field.source_name.lower() in RESERVED:
            allowed = "another name: bronze has a partition of this one"
            fix = "rename it in the source, or leave it out"
            findings.add((*_PLACE, at, "physicalName"), field.source_name, allowed, fix)


def _check(fields: Sequence[Field], path: KeyPath, findings: Findings, *, of_parquet: bool) -> None:
    seen: dict[str, Field] = {}
    for at, field in enumerate(fields):
        other = seen.setdefault(_compared(field, of_parquet=of_parquet), field)
        # Repeated names of the contract itself are told where those are checked.
        if other.name != field.name:
            case = ", whatever its case: Athena knows none" if of_parquet else ""
            findings.add(
                (*path, at, "physicalName"),
                field.source_name,
                f"each name of the source once{case}",
                f"change it, or remove it or {other.name}",
            )
        if isinstance(field.type, Struct):
            _check(field.type.fields, (*path, at, "properties"), findings, of_parquet=of_parquet)


def _compared(field: Field, *, of_parquet: bool) -> str:
    """Return a name as it must differ from others: blanks around one in a CSV header are none of it."""
    name = field.source_name.strip()
    return name.lower() if of_parquet else name
