"""Builds gold products: whole content anew, published in one commit, only if it keeps its contract."""

from pyspark import StorageLevel
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.gate import check_columns
from lakehouse_etl.iceberg_types import type_name
from lakehouse_etl.model import Product, columns
from lakehouse_etl.summary import RUN_ID
from lakehouse_etl.tables import Table
from lakehouse_etl.transforms.rules import value_rules


class ProductError(RuntimeError):
    """The product breaks its contract; its last good version stays readable."""


def build(session: SparkSession, product: Product, run_id: str) -> int:
    """Build one product and return its number of rows.

    Raises:
        TableError: The table does not fit the contract.
        ProductError: The SQL fails, or what it yields breaks the contract; the message lists every fault.
    """
    table = Table(session, product.table)
    check_columns(table, columns(product.fields))
    content = _shaped(session, product).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        rows = _validated(content, product)
        table.replace(content, {RUN_ID: run_id, "lake.rows": str(rows)})
        return rows
    finally:
        content.unpersist()


def _shaped(session: SparkSession, product: Product) -> DataFrame:
    """The result of the SQL, with exactly the contract's columns."""
    try:
        result = session.sql(product.sql)
    except AnalysisException as error:
        raise ProductError(f"{product.name}: the SQL cannot run: {error}; fix: mend it and deploy") from error
    got = {column.name: column.dataType for column in result.schema}
    faults = []
    for field in product.fields:
        if field.name not in got:
            faults.append(f"{field.name}: got no column")
        elif got[field.name].simpleString() != field.type.simpleString():
            faults.append(f"{field.name}: got {type_name(got[field.name])}; expected {type_name(field.type)}")
    faults += [f"{name}: not in the contract" for name in got if name not in {f.name for f in product.fields}]
    if faults:
        raise ProductError(f"{product.name}: {'; '.join(faults)}; fix: cast or name it in the SQL")
    return result.select(*(field.name for field in product.fields))


def _validated(content: DataFrame, product: Product) -> int:
    """Check every row and return how many there are."""
    conditions = [
        (F.col(field.name).isNull(), f"{field.name}: rows without a value")
        for field in product.fields
        if field.required
    ]
    conditions += [
        (rule.broken, rule.breach.detail) for field in product.fields for rule in value_rules(field)
    ]
    counted = content.agg(
        F.count("*"), *(F.count(F.when(broken, True)) for broken, _ in conditions)
    ).head() or [0]
    rows, broken = counted[0], counted[1:]
    faults = [f"{count} {detail}" for count, (_, detail) in zip(broken, conditions, strict=True) if count]
    repeated = content.groupBy(*product.key).count().where("count > 1").count() if product.key else 0
    if repeated:
        faults.append(f"{repeated} keys ({', '.join(product.key)}) more than once")
    if faults:
        raise ProductError(f"{product.name}: {'; '.join(faults)}; fix: mend the SQL or its sources")
    return int(rows)
