"""Checks what the SQL of a product yields: names, types and classifications against its contract."""

from collections.abc import Iterable, Iterator, Mapping

from config.faults import Fault
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.lake.declassified import declassified_faults
from lakehouse.sql.parse import Query
from lakehouse.sql.spark.analysis import Output, judge
from lakehouse.sql.spark.types.kinds import spark_name
from lakehouse.sql.spark.values.problems import Problem
from lakehouse.targets.iceberg import columns


def check(
    product: Dataset, sql: str, where: str, query: Query, read: Mapping[str, Dataset]
) -> Iterator[Fault]:
    """Find what Spark would refuse in the SQL of a product, and what the job would in its result.

    Args:
        product: the product.
        sql: its SQL.
        where: path of the SQL.
        query: what the SQL reads and yields.
        read: datasets by the names that the SQL has for them.
    """
    tables = {name: {field.name: field.type for field in columns(dataset)} for name, dataset in read.items()}
    verdict = judge(sql, tables)
    yield from faults(where, verdict.problems)
    names = tuple(field.name for field in product.fields)
    outputs = verdict.outputs
    got = query.outputs if outputs is None else tuple(each.attribute.name for each in outputs)
    if query.outputs != names or got != names:
        wrong = query.outputs if query.outputs != names else tuple(name or "an expression" for name in got)
        fix = "select exactly the columns of the contract, in its order"
        yield Fault(where, "sql", ", ".join(wrong), ", ".join(names), fix)
    elif outputs is not None:
        yield from _types(product, where, outputs)
        yield from declassified_faults(product, where, outputs, read)


def faults(where: str, problems: Iterable[Problem]) -> Iterator[Fault]:
    """Turn problems of a query into faults of a file."""
    for each in problems:
        yield Fault(f"{where}:{each.line}", "sql", each.got, each.allowed, each.fix)


def _types(product: Dataset, where: str, outputs: tuple[Output, ...]) -> Iterator[Fault]:
    """Find results of another type than the contract's, which the job refuses; it casts nothing."""
    for field, output in zip(product.fields, outputs, strict=True):
        kind, expected = output.attribute.kind, spark_name(field.type)
        if kind is not None and spark_name(kind) != expected:
            got = f"{field.name} of type {spark_name(kind)}"
            fix = f"write CAST(… AS {expected.upper()}) AS {field.name}"
            yield Fault(f"{where}:{output.line}", "sql", got, expected, fix)
