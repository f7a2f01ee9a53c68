"""The content of a product, as its SQL yields it."""

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from lakehouse_etl.contract.model import Product
from lakehouse_etl.tables.spark_types import spark_type, type_name


class ProductError(RuntimeError):
    """The product cannot be published; its last good version stays readable."""

    def __init__(self, message: str, rules_failed: int | None = None) -> None:
        """Keep how many table rules failed, None if nothing was measured."""
        super().__init__(message)
        self.rules_failed = rules_failed


def content(session: SparkSession, product: Product) -> DataFrame:
    """Return what the SQL yields, with exactly the contract's columns.

    Raises:
        ProductError: The SQL cannot run, or yields other columns; the message lists every fault.
    """
    try:
        result = session.sql(product.sql)
    except AnalysisException as error:
        raise ProductError(f"{product.name}: the SQL cannot run: {error}; fix: mend it and deploy") from error
    got = {column.name: column.dataType for column in result.schema}
    faults = []
    for field in product.fields:
        if field.name not in got:
            faults.append(f"{field.name}: got no column")
        elif got[field.name].simpleString() != spark_type(field.type).simpleString():
            faults.append(f"{field.name}: got {type_name(got[field.name])}; expected {field.type}")
    known = {field.name for field in product.fields}
    faults += [f"{name}: not in the contract" for name in got if name not in known]
    if faults:
        raise ProductError(f"{product.name}: {'; '.join(faults)}; fix: cast or name it in the SQL")
    return result.select(*(field.name for field in product.fields))
