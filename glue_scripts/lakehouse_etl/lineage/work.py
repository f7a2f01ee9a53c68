"""What a run works on, as OpenLineage names it: a job, what it reads, and what it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lakehouse_etl.contract.lineage import Lineage
from lakehouse_etl.contract.model import Dataset, Field, Product
from lakehouse_etl.contract.types import Member
from lakehouse_etl.lineage import facets

Named = dict[str, Any]
"""A dataset of an event."""


@dataclass(frozen=True)
class Work:
    """One dataset's share of a job run."""

    id: str
    """Id of the dataset or product, which also names the OpenLineage job."""
    name: str
    layer: Literal["silver", "gold"]
    version: str
    """Of the contract."""
    inputs: tuple[Named, ...]
    output: Named
    sql: str | None = None


def of_dataset(dataset: Dataset, lineage: Lineage) -> Work:
    """Return the work on a source dataset: bronze becomes silver, column by column."""
    bronze = _table(lineage, dataset.bronze.table)
    made = {field.name: [_source(bronze, field)] for field in dataset.fields}
    return Work(
        dataset.id,
        dataset.name,
        "silver",
        dataset.version,
        (bronze,),
        _made(_table(lineage, dataset.silver_table), dataset.columns, made),
    )


def of_product(product: Product, lineage: Lineage) -> Work:
    """Return the work on a product: its inputs become its rows, as far as the SQL tells column by column."""
    inputs = {each.id: _table(lineage, each.table) for each in product.inputs}
    made = {
        column: [{**_name(inputs[id_]), "field": name, "transformations": [_DIRECT]} for id_, name in sources]
        for column, sources in product.made_of.items()
    }
    columns = [Member(field.name, field.type, field.required) for field in product.fields]
    output = _made(_table(lineage, product.table), columns, made)
    return Work(
        product.id, product.name, "gold", product.version, tuple(inputs.values()), output, product.sql
    )


_DIRECT = {"type": "DIRECT"}


def _source(bronze: Named, field: Field) -> dict[str, Any]:
    how = {**_DIRECT, "subtype": "TRANSFORMATION", "masking": field.masking is not None}
    return {**_name(bronze), "field": field.source_name, "transformations": [how]}


def _table(lineage: Lineage, table: str) -> Named:
    """Name a table of Glue's catalog.

    https://openlineage.io/docs/spec/naming/
    """
    return {"namespace": lineage.catalog, "name": f"table/{table.replace('.', '/')}"}


def _name(table: Mapping[str, Any]) -> Named:
    return {"namespace": table["namespace"], "name": table["name"]}


def _made(table: Named, columns: Any, made: Mapping[str, list[dict[str, Any]]]) -> Named:
    return {
        **table,
        "facets": {"schema": facets.schema(columns), "columnLineage": facets.column_lineage(made)},
    }
