"""Datasets of any types, rules and policies."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal as Number
from typing import Any, Literal, get_args

from hypothesis import strategies as st
from lakehouse_etl.contract.masking import Masking
from lakehouse_etl.contract.model import Bronze, Changes, Checks, Dataset, Field
from lakehouse_etl.contract.source import Dialect
from lakehouse_etl.contract.types import STRING, Decimal, List, Map, Member, Name, Primitive, Struct, Type

from tests.unit.glue_scripts.judge.maskings import maskings

ROUTING = "_type"
CHANGES = Changes("op", "changed_at", "sequence", "before_", "deleted")
NAMES = ("id", "name", "Name", "at", "n", "x-1", "class")
SOURCE_NAMES = ("Customer ID", "Ünï", "a.b", 'q"q', "ID", "two\nlines")
DIALECTS = (
    Dialect(), Dialect(), Dialect(), Dialect(delimiter=";"), Dialect(delimiter="||"),
    Dialect(escape_char="\\"), Dialect(delimiter="|", quote_char=None, escape_char="\\"),
    Dialect(header=False), Dialect(encoding="utf-16"),
    Dialect(encoding="windows-1252", quote_char="'"), Dialect(decimal_char=","),
)  # fmt: skip

DECIMALS = st.integers(1, 38).flatmap(
    lambda precision: st.integers(0, precision).map(lambda scale: Decimal(precision, scale))
)
SCALARS: st.SearchStrategy[Type] = st.one_of(st.sampled_from(list(map(Primitive, get_args(Name)))), DECIMALS)


def _masked(kind: Type) -> st.SearchStrategy[tuple[Type, Masking | None]]:
    """A type, and how its values are masked, half of them not at all."""
    masking = st.one_of(st.none(), st.sampled_from(maskings(kind)))
    return st.tuples(st.just(kind), masking)


def _nested(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    members = st.lists(st.tuples(inner.flatmap(_masked), st.booleans()), min_size=1, max_size=3)
    return st.one_of(
        st.builds(List, inner, st.booleans()),
        st.builds(Map, st.just(STRING), inner, st.booleans()),
        members.map(
            lambda found: Struct(
                tuple(
                    Member(f"m{at}", kind, need, None if at else "M 0", masking)
                    for at, ((kind, masking), need) in enumerate(found)
                )
            )
        ),
    )


TYPES = st.one_of(SCALARS, SCALARS, SCALARS, st.recursive(SCALARS, _nested, max_leaves=4))

_TEXT_CHECKS = st.sampled_from(
    [
        Checks(),
        Checks(allowed=("a", "b", "1", "true", "é")),
        Checks(pattern=r"^[A-Za-z0-9 .:-]*$"),
        Checks(pattern=r"^\S+$"),
        Checks(pattern=r"\w"),
        Checks(min_length=1),
        Checks(max_length=3),
        Checks(min_length=1, max_length=2, pattern="[a-z]"),
    ]
)
_BOUNDS = st.one_of(
    st.integers(-3, 100),
    st.sampled_from([Number("0.5"), Number("-1.25"), Number("1e-300"), 2**31, -(2**63), 10**20, 99999]),
)
_ENDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
_DAYS = {
    "date": ("2026-01-31", "2000-02-29"),
    "timestamp": ("2026-01-31T23:59:59", "2000-01-01T00:00:00.5"),
    "timestamptz": ("2026-01-31T23:59:59Z", "2026-01-31T23:59:59+02:00"),
}


def _limits(bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[Checks]:
    found = st.dictionaries(st.sampled_from(_ENDS), bounds, min_size=1, max_size=2)
    return st.one_of(st.just(Checks()), st.just(Checks()), found.map(lambda ends: Checks(**ends)))


def _checks(kind: Type) -> st.SearchStrategy[Checks]:
    match kind:
        case Primitive("string"):
            return _TEXT_CHECKS
        case Primitive("int" | "long" | "float" | "double") | Decimal():
            return _limits(_BOUNDS)
        case Primitive("date" | "timestamp" | "timestamptz"):
            return _limits(st.sampled_from(_DAYS[kind.name]))
        case List():
            return st.sampled_from([Checks(), Checks(min_length=1), Checks(max_length=2)])
    return st.just(Checks())


@st.composite
def _field(draw: st.DrawFn, name: str, types: st.SearchStrategy[Type]) -> Field:
    kind, masking = draw(types.flatmap(_masked))
    called = draw(st.sampled_from([None, None, *SOURCE_NAMES]))
    return Field(name, kind, draw(st.booleans()), masking, draw(_checks(kind)), called)


@st.composite
def datasets(
    draw: st.DrawFn, form: Literal["json", "csv"], types: st.SearchStrategy[Type] = TYPES
) -> Dataset:
    """Draw a dataset of one to six fields."""
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)
    changes = draw(st.sampled_from([None, None, None, CHANGES]))
    null = draw(st.sampled_from([None, "NA"])) if form == "csv" else None
    routing = draw(st.sampled_from([None, None, ROUTING])) if form == "json" else None
    dialect = draw(st.sampled_from(DIALECTS)) if form == "csv" else Dialect()
    return dataset_of(
        _told_apart([draw(_field(name, types)) for name in draw(names)]),
        Bronze("bronze", form, null, routing, dialect),
        draw(st.sampled_from(["ignore", "rescue", "reject"])),
        changes,
    )


def _told_apart(fields: Sequence[Field]) -> list[Field]:
    """The fields, each of which its source calls otherwise."""
    found: dict[str, Field] = {}
    for field in fields:
        free = field if field.source_name not in found else replace(field, physical_name=f"{field.name} too")
        found[free.source_name] = free
    return list(found.values())


def dataset_of(
    fields: Sequence[Field],
    bronze: Bronze,
    unknown_fields: Literal["ignore", "rescue", "reject"] = "ignore",
    changes: Changes | None = None,
) -> Dataset:
    """The dataset of some fields; nothing here asks for its tables."""
    return Dataset(
        id="shop/orders",
        name="orders",
        bronze=bronze,
        silver_table="silver",
        quarantine_table="quarantine",
        results_table="results",
        state_location="state",
        requests_location="requests",
        fields=tuple(fields),
        key=(fields[0].name,),
        order_by=(),
        write="append",
        max_rejected_ratio=1.0,
        unknown_fields=unknown_fields,
        changes=changes,
    )
