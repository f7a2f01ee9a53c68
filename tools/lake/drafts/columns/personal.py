"""Tells which columns of a sample most likely hold personal data, as runs find it.

A finding too many costs a reader one line; one too few puts a person's data where everybody can read it.
"""

from collections.abc import Iterable

from lakehouse_etl.personal.findings import findings
from lakehouse_etl.personal.names import kind_of

from lakehouse.model.fields import Array, Map, Scalar, Struct, Type, every_field
from tools.lake.drafts.columns.profile import Profile

_SHARE = 0.8
"""Share of the most frequent values that must look alike: a few are often empty words or test data."""

_DOUBT = 0.01
"""How likely what is found may be chance: more than runs allow, as a person reads the draft."""


def personal(name: str, kind: Type, figures: Profile) -> str | None:
    """Tell what personal data a column, or something nested in it, most likely holds; None if none."""
    if isinstance(kind, Array | Map | Struct):
        return next(filter(None, map(kind_of, [name, *_members(kind)])), None)
    if kind is Scalar.BOOLEAN:
        return None
    held = (each.kind for each in findings("", figures.texts, _DOUBT) if each.share >= _SHARE)
    return next(held, None) or kind_of(name)


def _members(kind: Type) -> Iterable[str]:
    match kind:
        case Struct(fields):
            return [field.name for field in every_field(fields)]
        case Array(inner) | Map(_, inner):
            return _members(inner)
    return []
