"""Says in DuckDB what an aggregate of Spark SQL says, if both are proven to yield the same number."""

from collections.abc import Callable, Mapping

from sqlglot import exp

from lakehouse.model.fields import Decimal, Type
from lakehouse.sql.duckdb.expressions import Terms
from lakehouse.sql.duckdb.term import ALIKE, DIGITS, UntranslatableError, check_parts, untranslatable
from lakehouse.sql.spark.types.kinds import spark_name

_COUNTED = (*ALIKE, *DIGITS)


def aggregate(node: exp.AggFunc, condition: exp.Expr | None, columns: Mapping[str, Type]) -> str:
    """Return an aggregate in DuckDB's words, of the rows that a condition holds for.

    Raises:
        UntranslatableError: It is not known to yield the same number.
    """
    terms = Terms(columns)
    check_parts(node)
    text, more = AGGREGATES.get(type(node), _refused)(terms, node)
    conditions = [*more, *([terms.condition(condition)] if condition is not None else [])]
    return f"{text} FILTER (WHERE {' AND '.join(conditions)})" if conditions else text


_Aggregate = tuple[str, list[str]]
"""A call, and conditions of its rows."""


def _refused(_terms: Terms, node: exp.Expr) -> _Aggregate:
    raise untranslatable(node)


def _count(terms: Terms, node: exp.AggFunc) -> _Aggregate:
    if isinstance(node.this, exp.Star):
        return "count(*)", []
    if not isinstance(node.this, exp.Distinct):
        return f"count({terms.of(node.this).text})", []
    found = [terms.of(each) for each in node.this.expressions]
    for term in found:
        if term.kind not in _COUNTED and not isinstance(term.kind, Decimal):
            raise UntranslatableError(f"count(DISTINCT) of {spark_name(term.kind)}")
    if len(found) == 1:
        return f"count(DISTINCT {found[0].text})", []
    row = ", ".join(term.text for term in found)
    return f"count(DISTINCT ({row}))", [f"{term.text} IS NOT NULL" for term in found]


def _count_if(terms: Terms, node: exp.AggFunc) -> _Aggregate:
    return "count(*)", [terms.condition(node.this)]


def _of_numbers(name: str) -> Callable[[Terms, exp.AggFunc], _Aggregate]:
    def call(terms: Terms, node: exp.AggFunc) -> _Aggregate:
        term = terms.of(node.this)
        if term.kind not in DIGITS and not isinstance(term.kind, Decimal):
            raise UntranslatableError(f"{name} of {spark_name(term.kind)}")
        return f"{name}({term.text})", []

    return call


AGGREGATES: dict[type[exp.Expr], Callable[[Terms, exp.AggFunc], _Aggregate]] = {
    exp.Count: _count,
    exp.CountIf: _count_if,
    exp.Sum: _of_numbers("sum"),
    exp.Min: _of_numbers("min"),
    exp.Max: _of_numbers("max"),
}
