"""Lists and maps of a column, taken apart and put together again."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Items:
    """The items of all lists of a column, one after the other; an item of a map is a struct of two."""

    values: pa.Array
    offsets: pa.Int32Array
    """Where the items of each list begin, and where the last list ends."""
    nulls: pa.BooleanArray
    """Which lists are null."""

    def rows(self, items: Iterable[int]) -> frozenset[int]:
        """Return the lists that hold items, by their places."""
        places = list(items)
        starts = self.offsets.to_pylist() if places else []
        return frozenset(bisect_right(starts, place) - 1 for place in places)

    def rows_with_repeated(self, items: pa.Array) -> frozenset[int]:
        """Return the lists in which one of these items, which are no lists themselves, is there twice."""
        rows = pc.list_parent_indices(pa.ListArray.from_arrays(self.offsets, items)).cast(pa.int64())
        coded = items.dictionary_encode()
        kinds = len(coded.dictionary) + 1
        pairs = pc.add(pc.multiply(rows, kinds), coded.indices.cast(pa.int64())).drop_null()
        if pc.count_distinct(pairs).as_py() == len(pairs):
            return frozenset()
        counts = pc.value_counts(pairs)
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        return frozenset(pc.divide(twice, kinds).to_pylist())

    def lists(self, values: pa.Array, kind: pa.DataType) -> pa.Array:
        """Return the same lists of other values."""
        if not pa.types.is_map(kind):
            return pa.ListArray.from_arrays(self.offsets, values, type=kind, mask=self.nulls)
        key, item = values.flatten()
        return pa.MapArray.from_arrays(self.offsets, key, item, type=kind, mask=self.nulls)


def is_list(kind: pa.DataType) -> bool:
    """Whether a type holds lists, of whatever kind."""
    return isinstance(kind, pa.ListType | pa.LargeListType | pa.FixedSizeListType)


def items_of(array: pa.Array) -> Items:
    """Take the lists or maps of a column apart."""
    kind = array.type
    if pa.types.is_map(kind):
        pair = pa.struct([pa.field("key", kind.key_type), pa.field("value", kind.item_type)])
        array = array.cast(pa.list_(pair))
    lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    return Items(array.flatten(), offsets, array.is_null())


def struct_of(members: list[pa.Array], kind: pa.StructType, nulls: pa.BooleanArray) -> pa.StructArray:
    """Put members together to a column of structs."""
    return pa.StructArray.from_arrays(members, fields=list(kind), mask=nulls)
