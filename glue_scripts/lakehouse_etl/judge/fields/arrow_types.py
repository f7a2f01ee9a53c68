"""Types of the contract as Arrow has them."""

import pyarrow as pa

from lakehouse_etl.contract.model import RESCUED, SYSTEM_COLUMNS, Dataset
from lakehouse_etl.contract.types import Decimal, List, Map, Member, Primitive, Struct, Type

_PRIMITIVES: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "string": pa.string(),
    "binary": pa.binary(),
}

RECORD_HASH = next(each for each in SYSTEM_COLUMNS if each.name == "_record_hash")


def arrow_type(kind: Type) -> pa.DataType:
    """Return the Arrow type of a type of the contract."""
    match kind:
        case Primitive():
            return _PRIMITIVES[kind.name]
        case Decimal():
            return pa.decimal128(kind.precision, kind.scale)
        case List():
            return pa.list_(pa.field("element", arrow_type(kind.element), not kind.element_required))
        case Map():
            value = pa.field("value", arrow_type(kind.value), not kind.value_required)
            return pa.map_(pa.field("key", arrow_type(kind.key), False), value)
        case Struct():
            return pa.struct(list(map(_member, kind.members)))


def judged_schema(dataset: Dataset, *, deletes: bool) -> pa.Schema:
    """Return the columns of judged rows: the fields, then what the judge adds.

    Args:
        dataset: Its fields are those of its objects.
        deletes: Whether rows may tell of a delete, which has no values but the key.
    """
    columns = [each.stored for each in dataset.fields]
    fields = [pa.field(each.name, arrow_type(each.type), deletes or not each.required) for each in columns]
    added = (RECORD_HASH, RESCUED) if dataset.rescues else (RECORD_HASH,)
    return pa.schema([*fields, *(pa.field(each.name, arrow_type(each.type)) for each in added)])


def _member(member: Member) -> pa.Field:
    return pa.field(member.name, arrow_type(member.type), not member.required)


def as_read(values: pa.Array) -> pa.Array:
    """Return instants without a zone, as texts are read."""
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.int64()).cast(pa.timestamp("us"))
    return values
