"""What a manifest may say about columns and rules, and what all of its objects have in common."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lakehouse.model.fields import PERSONAL_KINDS
from lakehouse.model.table_rules import Operator, Severity
from lakehouse.targets.iceberg_types import is_masking_json, is_type_json


class Form(BaseModel):
    """An object with these keys and no others; a check that finds something yields what is wrong."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Form":
        if faults := list(self._faults()):
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        """Yield what is wrong between members that are each as they should be."""
        return iter(())


def _known_type(value: Any) -> Any:
    if not is_type_json(value):
        raise ValueError("allowed: an Iceberg type")
    return value


def _known_kind(value: str) -> str:
    if value not in PERSONAL_KINDS:
        raise ValueError(f"allowed: {', '.join(PERSONAL_KINDS)}")
    return value


def _known_masking(value: Any) -> Any:
    if not is_masking_json(value):
        raise ValueError("allowed: a masking method, with what is left of a value")
    return value


Text = Annotated[str, Field(min_length=1)]
PersonalKind = Annotated[str, AfterValidator(_known_kind)]
TableName = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", description="database.table")]
Folder = Annotated[str, Field(pattern=r"/$")]
_Type = Annotated[Any, AfterValidator(_known_type)]
_Masking = Annotated[Any, AfterValidator(_known_masking)]
_Length = Annotated[int, Field(ge=0)]
_Bound = int | float | str

_OF_TEXTS = ("hash", "tokenize", "truncate")
"""Methods of masking that only texts have."""


class _Checks(Form):
    allowed: list[Text] | None = None
    pattern: Text | None = None
    minimum: _Bound | None = None
    maximum: _Bound | None = None
    exclusive_minimum: _Bound | None = None
    exclusive_maximum: _Bound | None = None
    min_length: _Length | None = None
    max_length: _Length | None = None


class _SourceFormat(Form):
    text: Text
    pattern: Text


class Column(Form):
    """A column."""

    name: Text
    physical_name: Text | None
    type: _Type
    source_format: _SourceFormat | None
    required: bool
    masking: _Masking | None
    checks: _Checks

    def _faults(self) -> Iterator[str]:
        for rule, value in self.checks:
            if value is not None and not _fits(rule, value, self.type):
                yield f"{self.name}: {rule} {value!r} on {self.type}; allowed: rules that fit the type"
        method = self.masking["method"] if isinstance(self.masking, dict) else self.masking
        if method in _OF_TEXTS and _innermost(self.type) != "string":
            yield f"{self.name}: {method} on {self.type}; allowed: {method} on string"


def _innermost(kind: Any) -> Any:
    while isinstance(kind, dict) and kind["type"] != "struct":
        kind = kind["element" if kind["type"] == "list" else "value"]
    return kind


def _fits(rule: str, value: Any, kind: Any) -> bool:
    """Whether a job can enforce a rule on values of a type."""
    if rule in ("allowed", "pattern"):
        return bool(kind == "string")
    if rule in ("min_length", "max_length"):
        return kind == "string" or (isinstance(kind, dict) and kind["type"] == "list")
    if not isinstance(kind, str) or kind in ("string", "binary", "boolean"):
        return False
    if kind in ("date", "timestamp", "timestamptz"):
        return isinstance(value, str) and _is_instant(value, kind)
    return not isinstance(value, str)


def _is_instant(value: str, kind: str) -> bool:
    try:
        if kind == "date":
            return date.fromisoformat(value).isoformat() == value
        return (datetime.fromisoformat(value).tzinfo is not None) is (kind == "timestamptz")
    except ValueError:
        return False


class Figure(Form):
    """A number that one aggregate finds."""

    spark: Text
    duckdb: Text | None
    additive: bool


_OPERANDS = {"figure": 1, "sum": 3, "number": 2, "nullif": 2, "+": 3, "-": 3, "*": 3, "/": 3}
"""How many operands follow each operator of a formula; those of `coalesce` may be any."""


def unfit(formula: list[Any], figures: int) -> Iterator[str]:
    """Yield what of a formula of so many figures no job can compute."""
    if not formula:
        return
    name, operands = formula[0], formula[1:]
    if name != "coalesce" and _OPERANDS.get(name) != len(operands):
        yield f"formula: got {formula}; allowed: {', '.join(sorted(_OPERANDS))}, coalesce with their operands"
        return
    if name in ("figure", "sum"):
        for at in operands[: len(operands) - (name == "sum")]:
            if at not in range(figures):
                yield f"formula: got figure {at}; allowed: one of {figures}"
    for each in operands:
        if isinstance(each, list):
            yield from unfit(each, figures)


class TableRule(Form):
    """A rule about a whole table."""

    name: Text
    figures: list[Figure]
    formula: Annotated[list[Any], Field(min_length=2)] | None
    query: Text | None
    volatile: bool
    spark_only: Text | None
    operator: Operator
    values: list[float]
    severity: Severity

    def _faults(self) -> Iterator[str]:
        wanted = 2 if self.operator.endswith("Between") else 1
        if len(self.values) != wanted or self.values != sorted(self.values):
            yield f"values: got {self.values}; allowed: {wanted} for {self.operator}, the smaller first"
        if (self.query is None) is not (bool(self.figures) and self.formula is not None):
            yield "figures, formula, query: allowed: figures with a formula, or a query alone"
        told = self.query is None and all(figure.duckdb is not None for figure in self.figures)
        if told is not (self.spark_only is None):
            yield f"spark_only: got {self.spark_only!r}; allowed: a reason where DuckDB lacks the rule alone"
        yield from unfit(self.formula or [], len(self.figures))


def unknown(where: str, names: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    """Yield a fault for each name that is not known."""
    for name in names:
        if name not in known:
            yield f"{where}: got {name!r}; allowed: {', '.join(known) or 'none'}"


def twice(where: str, names: Iterable[str]) -> Iterator[str]:
    """Yield a fault for each name that is there more than once."""
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{where}: got {name!r} twice; allowed: each name once"
