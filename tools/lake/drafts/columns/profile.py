"""What the values of a column have in common, measured against what jobs accept.

Each pattern is as strict as the job or stricter: what it lets through, the job does, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lakehouse_etl.judge.fields.scalars import INSTANT, LOCAL

from tools.lake.drafts.samples.sample import Rows

NULL_TOKENS = ("NA", "N/A", "NULL", "null", r"\N", "-")
"""Texts that often stand for a missing value in CSV."""

FREQUENT = 50
"""Distinct values of a column that are kept, the most frequent ones first."""

_DATE = "TRY_CAST(left(t, 10) AS DATE) IS NOT NULL AND t >= '0001'"
_NUMBER = r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"

_TESTS = {
    "booleans": "lower(t) IN ('true', 'false')",
    "longs": r"regexp_full_match(t, '-?\d+') AND TRY_CAST(t AS BIGINT) IS NOT NULL",
    "padded": r"regexp_full_match(t, '-?0\d+')",
    "numbers": f"regexp_full_match(t, '{_NUMBER}') AND abs(TRY_CAST(t AS DOUBLE)) < 'inf'::DOUBLE",
    "plain": r"regexp_full_match(t, '-?\d+(\.\d+)?')",
    "dates": rf"regexp_full_match(t, '\d{{4}}-\d{{2}}-\d{{2}}') AND {_DATE}",
    "timestamps": f"regexp_full_match(t, '{LOCAL.pattern}') AND {_DATE}",
    "instants": f"regexp_full_match(t, '{INSTANT.pattern}') AND {_DATE}",
}
"""Conditions on a text `t` that is not null."""

_FRACTION = r"length(regexp_extract(t, '\.(\d+)$', 1))"
_MEASURES = {
    "values": "sum(n)",
    "distinct": "count(*)",
    "low": "min(TRY_CAST(t AS DOUBLE))",
    "high": "max(TRY_CAST(t AS DOUBLE))",
    "whole_digits": r"max(length(regexp_extract(t, '^-?(\d+)', 1)))",
    "least_fraction": f"min({_FRACTION})",
    "most_fraction": f"max({_FRACTION})",
    "shortest": "min(length(t))",
    "longest": "max(length(t))",
    **{name: f"sum(n) FILTER ({test})" for name, test in _TESTS.items()},
}


@dataclass(frozen=True)
class Profile:
    """Figures about the values of one column; null and the null tokens of CSV are not among them."""

    values: int = 0
    distinct: int = 0
    low: float | None = None
    """Smallest number."""
    high: float | None = None
    whole_digits: int = 0
    """Most digits before the decimal point."""
    least_fraction: int = 0
    """Fewest digits behind the decimal point."""
    most_fraction: int = 0
    shortest: int = 0
    """Characters of the shortest text."""
    longest: int = 0
    booleans: int = 0
    """Number of values that jobs take for a boolean; so on for the other types."""
    longs: int = 0
    """Whole numbers of at most 64 bits."""
    padded: int = 0
    """Whole numbers with leading zeros."""
    numbers: int = 0
    plain: int = 0
    """Numbers without an exponent."""
    dates: int = 0
    timestamps: int = 0
    instants: int = 0
    tokens: Mapping[str, int] = field(default_factory=dict)
    """How often each null token occurs."""
    frequent: tuple[tuple[str, int], ...] = ()
    """The most frequent values and how often they occur."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The most frequent values."""
        return tuple(text for text, _ in self.frequent)


def profile(table: Rows, name: str, tokens: tuple[str, ...]) -> Profile:
    """Measure a text column; `tokens` are left out of everything but their own counts."""
    every = table.filter(f'"{name}" IS NOT NULL').aggregate(f'"{name}" AS t, count(*) AS n', f'"{name}"')
    listed = ", ".join(f"'{token}'" for token in tokens)
    is_token = f"t IN ({listed})" if tokens else "false"
    counted = every.materialize()
    values = counted.filter(f"NOT ({is_token})")
    measures = ", ".join(f"{measure} AS {column}" for column, measure in _MEASURES.items())
    [row] = values.aggregate(measures).fetchall()
    measured: dict[str, Any] = dict(zip(_MEASURES, row, strict=True))
    figures = {column: value for column, value in measured.items() if value is not None}
    return Profile(
        **figures,
        tokens=dict(counted.filter(is_token).fetchall()),
        frequent=tuple(values.order("n DESC, t").limit(FREQUENT).fetchall()),
    )
