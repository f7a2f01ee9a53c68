"""What a persona reads of a table: the columns, and of them the rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from lakehouse.model.access import AccessPolicy, Persona, Reader
from lakehouse.model.dataset import Dataset
from lakehouse.targets.iceberg import columns
from lakehouse.targets.lf_tags import column_levels


@dataclass(frozen=True)
class Reading:
    """What one persona reads of one table."""

    columns: tuple[str, ...]
    """In the order of the table; empty: it reads nothing."""
    rows: str | None = None
    """Condition of the only rows that it reads; None: all."""


def readings(dataset: Dataset, policy: AccessPolicy) -> Mapping[str, Reading]:
    """Return what each persona of the policy reads of a dataset's silver or gold table."""
    said = {reader.persona: reader for reader in dataset.readers}
    return {
        name: _reading(dataset, persona, said.get(name, Reader(name)))
        for name, persona in policy.personas.items()
    }


def _reading(dataset: Dataset, persona: Persona, reader: Reader) -> Reading:
    levels = column_levels(dataset)
    if reader.columns is not None:
        # Another order would make another filter of the same columns.
        named = tuple(field.name for field in columns(dataset) if field.name in reader.columns)
        return Reading(named, reader.rows)
    named = tuple(
        field.name
        for field in columns(dataset)
        if may_read(persona, dataset.layer, dataset.domain, levels[field.name])
    )
    return Reading(named, reader.rows if named else None)


def may_read(persona: Persona, layer: str, domain: str, classification: str) -> bool:
    """Whether a rule of the policy lets a persona read columns of this kind."""
    return any(
        layer in rule.layers
        and classification in rule.classifications
        and (rule.domains is None or domain in rule.domains)
        for rule in persona.reads
    )
