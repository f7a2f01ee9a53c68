"""Parts as values that compare, to the last bit."""

from collections.abc import Iterable

from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Part, Rejected


def verdicts(parts: Iterable[Part], judge: Judge) -> tuple[list[tuple[int, str]], list[Rejected]]:
    """Rows by position, and the rejected records; what a row holds is written out, with the sign of zeros."""
    rows: list[tuple[int, str]] = []
    rejected: list[Rejected] = []
    for part in parts:
        assert part.rows.schema == judge.schema
        part.rows.validate(full=True)
        positions = part.positions.to_pylist()
        assert positions == sorted(positions)
        rows += zip(positions, map(repr, part.rows.to_pylist()), strict=True)
        rejected += part.rejected
    return rows, rejected
