"""Datasets that a judge judges, and what it made of an object in a form that tests can compare."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Rejected, Source

from tests.unit.glue_scripts.datasets import decoded, document

KEY = b"masking key"
KEYS = Keys(KEY, b"token key")


def dataset(
    fields: Mapping[str, Any],
    rules: Mapping[str, dict[str, Any]] | None = None,
    bronze: Mapping[str, Any] | None = None,
    **options: Any,
) -> Dataset:
    """A dataset; `fields` are names with types, `rules` adds to them, `options` to the dataset."""
    return decoded(document(fields, rules=rules, bronze=bronze, **options))


@dataclass(frozen=True)
class Verdicts:
    """Everything that a judge told about one object."""

    rows: list[dict[str, Any]]
    positions: list[int]
    rejected: list[Rejected]

    @property
    def reasons(self) -> list[str]:
        """Reason codes, in the order of the records."""
        return [each.breach.reason for each in self.rejected]

    def by_position(self, names: list[str]) -> dict[int, dict[str, Any] | None]:
        """Rows with some of their columns by their positions; None: rejected."""
        good = {
            at: {name: _plain(row[name]) for name in names}
            for at, row in zip(self.positions, self.rows, strict=True)
        }
        return {**good, **{each.position: None for each in self.rejected}}


def _plain(value: Any) -> Any:
    """As oracles have it: instants in UTC come without their zone."""
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def verdicts(subject: Dataset, content: bytes, name: str = "") -> Verdicts:
    """What a judge makes of one object."""
    judge = Judge(subject, KEYS)
    parts = list(judge.judged(Source(name or f"object.{subject.bronze.format}", content)))
    assert all(part.rows.schema == judge.schema for part in parts)
    assert all(each.breach in judge.breaches for part in parts for each in part.rejected)
    rows = [row for part in parts for row in part.rows.to_pylist()]
    positions = [at for part in parts for at in part.positions.to_pylist()]
    return Verdicts(rows, positions, [each for part in parts for each in part.rejected])


def lines(*records: dict[str, Any]) -> bytes:
    """Records as JSON lines."""
    return "".join(json.dumps(record) + "\n" for record in records).encode()
