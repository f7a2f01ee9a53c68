"""Rules about whole tables, as a job is told of them."""

from dataclasses import dataclass
from typing import Any, Literal

Formula = tuple[Any, ...]
"""An operator and its operands, which may be formulas."""


@dataclass(frozen=True)
class Figure:
    """A number that one aggregate finds in the rows of the view `lake_object`."""

    spark: str
    duckdb: str | None
    """The same in the words of DuckDB; None: nobody has shown that it would find the same."""
    additive: bool
    """Whether the figure of all rows is the sum of the figures of their parts."""


@dataclass(frozen=True)
class TableRule:
    """A rule about a table as a whole."""

    name: str
    figures: tuple[Figure, ...]
    formula: Formula | None
    """Computes the number from the figures, which it names by their places."""
    query: str | None
    """Spark SQL on the view `lake_object` that yields the number, where no formula does."""
    volatile: bool
    """Whether the number may change while the rows stay, as with today's date."""
    spark_only: str | None
    """Why it takes Spark to measure the rule, if it does."""
    operator: str
    """How the number is compared, by the names of the Open Data Contract Standard."""
    values: tuple[float, ...]
    """What the number is compared with; two for a range, the smaller one first."""
    severity: Literal["error", "warning", "info"]
