import json
import re

import pytest
from lakehouse_etl.contract.types import parsed
from lakehouse_etl.tables.spark_types import spark_type
from pyspark.sql import types as t

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Scalar
from lakehouse.targets.iceberg import columns
from lakehouse.targets.iceberg_types import type_json
from lakehouse.targets.spark import struct_type
from tests.unit.lakehouse.columns import column, with_columns
from tests.unit.lakehouse.datasets import ORDERS, TOTALS


def read(dataset: Dataset) -> t.StructType:
    return t.StructType.fromJson(json.loads(struct_type(dataset)))


@pytest.mark.parametrize("dataset", [ORDERS, TOTALS], ids=["silver", "gold"])
def test_struct_type_is_that_of_the_jobs_when_spark_reads_it(dataset: Dataset) -> None:
    bare = re.sub(r'"metadata": \{[^}]*\}', '"metadata": {}', struct_type(dataset))
    assert t.StructType.fromJson(json.loads(bare)) == t.StructType(
        [
            t.StructField(field.name, spark_type(parsed(type_json(field.type))), not field.required)
            for field in columns(dataset)
        ]
    )


def test_struct_type_has_the_descriptions_when_columns_and_members_have_any() -> None:
    found = read(ORDERS)
    assert found["order_id"].metadata == {"comment": "Number."}
    assert [member.metadata for member in found["address"].dataType] == [{"comment": "Street."}, {}]


@pytest.mark.parametrize("scalar", list(Scalar))
def test_struct_type_knows_every_scalar_when_it_is_a_column(scalar: Scalar) -> None:
    assert read(with_columns(column(scalar)))["c"].dataType == spark_type(parsed(scalar.value))
