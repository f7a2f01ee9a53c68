"""Which column of a file stands for which field, and what is wrong with the columns as such."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.types import List, Map, Struct, Type
from lakehouse_etl.judge.fields.lists import is_list
from lakehouse_etl.judge.fields.names import AmbiguousError, Names


@dataclass(frozen=True)
class Layout:
    """The columns of a file by what the contract knows of them."""

    names: Sequence[str]
    """Of the columns as the file has them."""
    places: Mapping[str, int]
    """Column by what a field is called in the source, of the fields that the file has."""
    unknown: Sequence[tuple[str, int]]
    """Columns that the contract does not name, by name."""
    has_unknown_members: bool
    """Whether a struct has members that the contract does not name."""
    repeated: tuple[str, ...]
    """Columns that may stand for one field, of which none or several have exactly its name."""


def layout_of(schema: pa.Schema, dataset: Dataset) -> Layout:
    """Return what the columns of a file stand for."""
    routing = dataset.bronze.routing_member
    known = {field.source_name: field.type for field in dataset.fields}
    names = list(schema.names)
    try:
        matched = Names([*known, *([routing] if routing else [])]).matched(names)
    except AmbiguousError as error:
        alike = str(error).lower()
        return _refused(names, [name for name in names if name.lower() == alike])
    twice = [name for name in names if name in known and names.count(name) > 1]
    if twice:
        return _refused(names, twice)
    found = {name: matched.others.get(name, name) for name in known}
    places = {name: names.index(other) for name, other in found.items() if other in names}
    members = any(has_unknown_members(schema.field(at).type, known[name]) for name, at in places.items())
    rest = set(matched.unknown)
    unknown = sorted((name, at) for at, name in enumerate(names) if name in rest)
    return Layout(names, places, unknown, members, ())


def _refused(names: Sequence[str], repeated: Sequence[str]) -> Layout:
    return Layout(names, {}, (), False, tuple(repeated))


def has_unknown_members(have: pa.DataType, kind: Type) -> bool:
    """Whether structs of a type have members that those of the contract have not, however deep."""
    match kind:
        case Struct() if pa.types.is_struct(have):
            return _struct_has_unknown(have, kind)
        case List() if is_list(have):
            return has_unknown_members(have.value_type, kind.element)
        case Map() if pa.types.is_map(have):
            return has_unknown_members(have.item_type, kind.value)
    return False


def _struct_has_unknown(have: pa.StructType, kind: Struct) -> bool:
    types = {field.name: field.type for field in have}
    kinds = {member.source_name: member.type for member in kind.members}
    try:
        others, unknown = Names(kinds).matched(types)
    except AmbiguousError:
        return False
    found = ((types.get(others.get(name, name)), inner) for name, inner in kinds.items())
    inside = (has_unknown_members(have_inner, inner) for have_inner, inner in found if have_inner)
    return bool(unknown) or any(inside)
