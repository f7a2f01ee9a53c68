"""Draws datasets, and versions of them that differ by a few changes of any kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from lakehouse.model.access import Reader
from lakehouse.model.dataset import (
    Content,
    Dataset,
    Documentation,
    Format,
    Ingestion,
    Mode,
    PartitionField,
    Relationship,
    UnknownFields,
    Write,
)
from lakehouse.model.fields import (
    CLASSIFICATIONS,
    Array,
    Checks,
    Decimal,
    Field,
    Map,
    Scalar,
    Struct,
    Type,
)
from lakehouse.model.masking import HASH, REDACT, TOKENIZE, Masking, Method
from lakehouse.model.service import ServiceLevel
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from tests.unit.lakehouse.datasets import ORDERS

TEXTS = ("", "a", "b", "ab", "abc", "B1")
PATTERNS = ("^a", "b$", "^[a-z]*$")
INTEGERS = (-2, -1, 0, 1, 2)
BOUNDS: dict[Type, tuple[Any, ...]] = {
    Scalar.INT: INTEGERS,
    Scalar.LONG: INTEGERS,
    Scalar.DOUBLE: (*INTEGERS, 0.5),
    Scalar.DATE: ("2026-01-01", "2026-01-02", "2026-01-03"),
    Scalar.TIMESTAMPTZ: ("2026-01-01T01:00:00+02:00", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z"),
}
PARTITIONS = (PartitionField("id", "bucket[4]"), PartitionField("id", "bucket[8]"))
WRITES = (Write.MERGE, Write.APPEND, Write.OVERWRITE)
KEY_TYPES = set(Scalar) - {Scalar.FLOAT, Scalar.DOUBLE, Scalar.BINARY}
NAMES = ("c0", "c1", "c2", "c3", "c4", "c5")
WIDER: dict[Type, Type] = {
    Scalar.INT: Scalar.LONG,
    Scalar.FLOAT: Scalar.DOUBLE,
    Decimal(3, 1): Decimal(5, 1),
    Decimal(5, 1): Decimal(9, 1),
}

Draw = Callable[[st.SearchStrategy[Any]], Any]


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def member(name: str) -> st.SearchStrategy[Field]:
        return st.builds(Field, st.just(name), inner, st.booleans(), st.just("A member."))

    return st.one_of(
        st.tuples(member("c0"), member("c1")).map(Struct),
        st.tuples(member("c1")).map(Struct),
        inner.map(Array),
        inner.map(lambda each: Map(Scalar.STRING, each)),
    )


_PLAIN: st.SearchStrategy[Type] = st.sampled_from([*Scalar, *(Decimal(*d) for d in ((3, 1), (5, 1), (5, 2)))])
TYPES = st.one_of(_PLAIN, _PLAIN, _nested(st.one_of(_PLAIN, _PLAIN, _nested(_PLAIN))))


@st.composite
def checks(draw: Draw, kind: Type) -> Checks:
    """Draw rules that fit a type."""
    rules: dict[str, Any] = {}
    if kind is Scalar.STRING:
        rules["allowed"] = draw(
            st.none() | st.lists(st.sampled_from(TEXTS), min_size=1, unique=True).map(tuple)
        )
        rules["pattern"] = draw(st.none() | st.sampled_from(PATTERNS))
    if kind is Scalar.STRING or isinstance(kind, Array):
        rules |= {f"{end}_length": draw(st.none() | st.integers(0, 3)) for end in ("min", "max")}
    for name in ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum"):
        if kind in BOUNDS:
            rules[name] = draw(st.none() | st.sampled_from(BOUNDS[kind]))
    return Checks(**rules)


@st.composite
def columns(draw: Draw, name: str, kind: Type | None = None) -> Field:
    """Draw a column."""
    kind = kind or draw(TYPES)
    of_texts = [HASH, TOKENIZE, Masking(Method.TRUNCATE, last=4)]
    maskings = [None, REDACT, *(of_texts if kind is Scalar.STRING else [])]
    return Field(
        name=name,
        type=kind,
        required=draw(st.booleans()),
        description=draw(st.sampled_from(["A column.", "A field."])),
        classification=draw(st.sampled_from(CLASSIFICATIONS)),
        masking=draw(st.sampled_from(maskings)),
        checks=draw(checks(kind)),
        examples=draw(st.sampled_from([(), ("x",)])),
    )


def rules() -> st.SearchStrategy[tuple[TableRule, ...]]:
    """Draw table rules."""

    def rule(name: str) -> st.SearchStrategy[TableRule]:
        return st.builds(
            TableRule,
            name=st.just(name),
            description=st.sampled_from(["One.", "Two."]),
            metric=st.sampled_from([Metric.ROW_COUNT, Metric.NULL_VALUES]),
            threshold=thresholds(),
            columns=st.sampled_from([("id",), ()]),
            percent=st.booleans(),
            severity=st.sampled_from(Severity),
        )

    return st.one_of(st.just(()), st.tuples(rule("a")), st.tuples(rule("b"), rule("a")))


@st.composite
def thresholds(draw: Draw) -> Threshold:
    """Draw what a measured value must be."""
    operator = draw(st.sampled_from(Operator))
    values = draw(st.sampled_from([(0, 1), (0, 3), (1, 2), (2, 3)]))
    return Threshold(operator, tuple(map(float, values if "Between" in operator else values[:1])))


@st.composite
def datasets(draw: Draw) -> Dataset:
    """Draw a silver dataset with the key `id`."""
    key = Field("id", draw(st.sampled_from([Scalar.STRING, Scalar.INT])), True, "Number.")
    names = NAMES[: draw(st.integers(0, 2))]
    return replace(
        ORDERS,
        fields=(key, *(draw(columns(name)) for name in names)),
        key=("id",),
        order_by=(),
        partition=draw(st.sampled_from([(), PARTITIONS[:1]])),
        write=draw(st.sampled_from(WRITES)),
        rules=draw(rules()),
    )


@dataclass
class Author:
    """Writes the next version of a contract."""

    draw: Draw

    def version(self, dataset: Dataset) -> Dataset:
        """Change a dataset once or twice; its key keeps the columns that a contract may name in one."""
        for _ in range(self.draw(st.integers(1, 2))):
            if self.draw(st.integers(0, 3)) == 0:
                dataset = replace(dataset, **self._whole(dataset))
            else:
                dataset = replace(dataset, fields=self._fields(dataset.fields, top=True))
        fit = {field.name for field in dataset.fields if field.required and field.type in KEY_TYPES}
        return replace(dataset, key=tuple(name for name in dataset.key if name in fit))

    def _whole(self, dataset: Dataset) -> dict[str, Any]:
        ingestions = st.builds(
            Ingestion,
            st.sampled_from(Mode),
            st.sampled_from(Format),
            st.sampled_from([None, "NA"]),
            st.sampled_from(UnknownFields),
            content=st.sampled_from(Content),
        )
        names = [field.name for field in dataset.fields]
        choices: dict[str, st.SearchStrategy[Any]] = {
            "version": st.sampled_from(["1.0.0", "1.1.0"]),
            "description": st.sampled_from(["Every order.", "All orders."]),
            "owner": st.sampled_from(["shop-team", "sales-team"]),
            "key": st.sampled_from(names).map(lambda name: tuple(dict.fromkeys(("id", name)))),
            "order_by": st.sampled_from(names).map(lambda name: (name,)),
            "partition": st.sampled_from([(), PARTITIONS[:1], PARTITIONS[1:]]),
            "write": st.sampled_from(WRITES),
            "ingestion": ingestions,
            "max_rejected_ratio": st.sampled_from([0.0, 0.25, 0.5]),
            "service": st.builds(ServiceLevel, *[st.sampled_from([None, 1, 2])] * 3),
            "rules": rules(),
            "relationships": st.sampled_from([(), (Relationship(("id",), "shop/other", ("id",)),)]),
            "readers": st.sampled_from(
                [(), (Reader("analyst"),), (Reader("analyst"), Reader("engineer", ("order_id",)))]
            ),
            "part": st.sampled_from([1, 2]),
            "documentation": st.builds(Documentation, st.sampled_from(["", "Orders"])),
        }
        name = self.draw(st.sampled_from(sorted(choices)))
        return {name: self.draw(choices[name])}

    def _fields(self, fields: tuple[Field, ...], *, top: bool) -> tuple[Field, ...]:
        """Add, remove, move or change one field; the key stays."""
        first = 1 if top else 0
        names = [field.name for field in fields]
        action = self.draw(st.sampled_from(("add", "append", "remove", "move", *["change"] * 6)))
        if action in ("add", "append"):
            name = self.draw(st.sampled_from([name for name in NAMES if name not in names]))
            new = self.draw(columns(name))
            new = new if top else Field(name, new.type, new.required, "A member.")
            at = len(fields) if action == "append" else self.draw(st.integers(first, len(fields)))
            return (*fields[:at], new, *fields[at:])
        if len(fields) <= first:
            return fields
        if action == "move":
            return (*fields[:first], *self.draw(st.permutations(fields[first:])))
        at = self.draw(st.integers(first, len(fields) - 1))
        if action == "remove":
            return (*fields[:at], *fields[at + 1 :]) if len(fields) > 1 else fields
        return (*fields[:at], self._field(fields[at], top=top), *fields[at + 1 :])

    def _field(self, field: Field, *, top: bool) -> Field:
        name = self.draw(st.sampled_from(("type", "grow", "grow", "required", "checks", "masking", "other")))
        if name == "type":
            kind = self.draw(TYPES)
            return replace(field, type=kind, masking=None, checks=Checks())
        if name == "grow":
            return replace(field, type=self._grown(field.type))
        if name == "required":
            return replace(field, required=not field.required)
        other: Field = self.draw(columns(field.name, field.type))
        if not top:
            return replace(field, classification=other.classification)
        if name == "other":
            return replace(other, required=field.required, masking=field.masking, checks=field.checks)
        return replace(field, **{name: getattr(other, name)})

    def _grown(self, kind: Type) -> Type:
        match kind:
            case Struct(fields):
                return Struct(self._fields(fields, top=False))
            case Array(inner):
                return Array(self._grown(inner))
            case Map(key, inner):
                return Map(key, self._grown(inner))
        return WIDER.get(kind, kind)
