"""Spark itself says of each statement of the corpus what `lake validate` says of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lakehouse_etl.contract.types import parsed
from lakehouse_etl.tables.spark_types import spark_type
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Type
from lakehouse.model.table_rules import Metric
from lakehouse.odcs.lake.load import load_lake
from lakehouse.sql.measures import measure
from lakehouse.sql.spark.analysis import judge
from lakehouse.sql.spark.types.functions import PATH, SYNTAX, WITH_UNIT, WORDS
from lakehouse.sql.spark.types.kinds import spark_name
from lakehouse.targets.iceberg import columns
from lakehouse.targets.iceberg_types import type_json
from tests.fixtures.environments import FIXTURE
from tests.unit.lakehouse.sql.spark.corpus import right, wrong
from tests.unit.lakehouse.sql.spark.tables import TABLES
from tools.docs.spark_functions import described, text

pytestmark = pytest.mark.spark

Make = Callable[[str, dict[str, Type]], None]


@pytest.fixture(scope="module")
def session(spark: SparkSession) -> SparkSession:
    """A session as products have it, in which the tables of the lake have two names."""
    session = spark.newSession()
    session.conf.set("spark.sql.ansi.enabled", "true")
    session.sql("USE glue_catalog")
    return session


@pytest.fixture(scope="module")
def make(session: SparkSession) -> Make:
    """Make an empty Iceberg table."""

    def make(name: str, kinds: dict[str, Type]) -> None:
        session.sql(f"CREATE NAMESPACE IF NOT EXISTS {name.partition('.')[0]}")
        names = ", ".join(f"`{column}` {_simple(kind)}" for column, kind in kinds.items())
        session.sql(f"CREATE OR REPLACE TABLE {name} ({names}) USING iceberg")

    return make


@pytest.fixture(scope="module")
def tables(make: Make) -> None:
    for name, kinds in TABLES.items():
        make(name, kinds)


def test_spark_agrees_about_every_statement_of_the_corpus(session: SparkSession, tables: None) -> None:
    statements = [*right(), *(sql for _, sql in wrong())]
    refused = [sql for sql in statements if _types(session, sql) is None]
    assert refused == [sql for _, sql in wrong()]


def test_spark_gives_results_the_names_and_types_that_are_told(session: SparkSession, tables: None) -> None:
    told = 0
    for sql in right():
        outputs = judge(sql, TABLES).outputs
        if outputs is None:
            continue
        found = [(each.attribute.name, each.attribute.kind) for each in outputs]
        types = _types(session, sql) or []
        assert [name or spark for (name, _), (spark, _) in zip(found, types, strict=True)] == [
            spark if not name else spark.lower() for (name, _), (spark, _) in zip(found, types, strict=True)
        ], sql
        for (name, kind), (_, spark) in zip(found, types, strict=True):
            told += kind is not None
            assert kind is None or spark_name(kind) == spark, (name, sql)
    assert told > 500


@pytest.mark.parametrize("root", [FIXTURE, PROJECT_ROOT], ids=["project", "own"])
def test_spark_accepts_the_sql_of_the_contracts(session: SparkSession, make: Make, root: Path) -> None:
    lake = load_lake(root)
    for dataset in lake.datasets:
        make(_name(dataset), {field.name: field.type for field in columns(dataset)})
    queries = [dataset.sql for dataset in lake.datasets if dataset.sql is not None]
    queries += [
        measure(rule, _name(dataset))
        for dataset in lake.datasets
        for rule in dataset.rules
        if rule.metric is Metric.SQL
    ]
    assert [sql for sql in queries if _types(session, sql) is None] == []


def test_functions_are_those_of_spark(session: SparkSession) -> None:
    functions = described(session)
    assert PATH.read_text(encoding="utf-8") == text(functions)
    assert not WORDS.keys() & functions.keys()
    assert {
        word for word in (value.split("(")[0] for value in WORDS.values()) if " " not in word
    } <= functions.keys() | SYNTAX
    assert functions.keys() | SYNTAX >= WITH_UNIT


def test_spark_fails_on_patterns_of_other_engines_when_it_runs(session: SparkSession) -> None:
    with pytest.raises(Exception, match=r"detected: Y|pattern"):
        session.sql("SELECT date_format(TIMESTAMP '2026-01-31 09:30:00', '%Y-%m')").collect()


def _types(session: SparkSession, sql: str) -> list[tuple[str, str]] | None:
    """Names and types of what a statement yields; None if the analyser refuses it. Nothing is run."""
    try:
        types: list[tuple[str, str]] = session.sql(sql).dtypes
    except PySparkException:
        return None
    return types


def _simple(kind: Type) -> str:
    return str(spark_type(parsed(type_json(kind))).simpleString())


def _name(dataset: Dataset) -> str:
    return f"{dataset.layer}_{dataset.domain}.{dataset.name}"
