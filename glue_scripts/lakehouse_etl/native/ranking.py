"""Which record of a key wins, by the same order whatever engine ranks: see `records.order`."""

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.native.engine import listed, query, quoted
from lakehouse_etl.records.order import last_place_wins, version_columns
from lakehouse_etl.records.part import SOURCE

ROW, _OBJECT = "__row", "__object"
"""Number of a row in its batch, and of its object in the order of URIs."""


def narrowed(rows: pa.Table, dataset: Dataset) -> pa.Table:
    """Return what decides between rows: key, version, and where each row is.

    Args:
        rows: Good records; the dictionary of their source objects is one, in the order of URIs.
        dataset: Tells key and order.
    """
    narrow = rows.select([*dict.fromkeys((*dataset.key, *version_columns(dataset)))])
    objects = pa.chunked_array([chunk.indices for chunk in rows[SOURCE].chunks], pa.int32())
    return narrow.append_column(_OBJECT, objects).append_column(ROW, numbers(rows.num_rows))


def numbers(count: int) -> pa.Array:
    """Return 0, 1, 2 and so on, without an object of Python for each."""
    return pc.indices_nonzero(pa.repeat(pa.scalar(True), count)).cast(pa.int64())


def without(narrow: pa.Table, gone: pa.Array) -> pa.Table:
    """Leave out rows by their numbers."""
    return narrow.filter(pc.invert(pc.is_in(narrow[ROW], gone))) if len(gone) else narrow


def superseded(narrow: pa.Table, dataset: Dataset) -> pa.Array:
    """Return the numbers of the rows that another one of their key outdoes; without a key, none does."""
    if not dataset.key:
        return pa.array([], pa.int64())
    key = listed(dataset.key)
    sql = f"""
        WITH repeated AS (SELECT {key} FROM rows GROUP BY ALL HAVING count(*) > 1),
        rivals AS (
            SELECT {ROW}, row_number() OVER (PARTITION BY {key} ORDER BY {_order(dataset)}) AS place
            FROM rows SEMI JOIN repeated ON {_same(dataset)}
        )
        SELECT {ROW} FROM rivals WHERE place > 1
    """  # noqa: S608 (names of the contract, quoted)
    return query(sql, {"rows": narrow})[ROW].combine_chunks()


def _same(dataset: Dataset) -> str:
    pairs = ((quoted(name, "rows"), quoted(name, "repeated")) for name in dataset.key)
    return " AND ".join(f"{mine} IS NOT DISTINCT FROM {theirs}" for mine, theirs in pairs)


def _order(dataset: Dataset) -> str:
    version = [quoted(name) for name in version_columns(dataset) if name != SOURCE]
    values = "ASC NULLS FIRST" if dataset.write == "append" else "DESC NULLS LAST"
    places = "DESC" if last_place_wins(dataset) else "ASC"
    return ", ".join([*(f"{name} {values}" for name in version), f"{_OBJECT} {places}", f"{ROW} {places}"])


def outdoes(dataset: Dataset, mine: str, theirs: str) -> str:
    """Return the condition under which a winner of a batch replaces a row of the table.

    A null is smaller than any value, as it is where versions are ranked.
    """
    if dataset.write == "append":
        return "false"
    condition = "false"
    for name in reversed(version_columns(dataset)):
        one, other = quoted(name, mine), quoted(name, theirs)
        greater = f"({one} IS NOT NULL AND ({other} IS NULL OR {one} > {other}))"
        condition = f"({greater} OR ({one} IS NOT DISTINCT FROM {other} AND {condition}))"
    return condition
