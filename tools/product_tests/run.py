"""Runs unit tests of products, and tells what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from lakehouse_etl.contract import model as jobs
from lakehouse_etl.gold.sql import ProductError
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from config.faults import Fault, InvalidInputError
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.odcs.lake.unit_tests import UnitTest
from tools.lake.testing.trial import product_as_jobs_have_it
from tools.product_tests.compare import Difference, differences
from tools.product_tests.spark import Engine, engine
from tools.product_tests.values import typed


@dataclass(frozen=True)
class Case:
    """A test whose values are read."""

    test: UnitTest
    product: jobs.Product
    given: Mapping[str, pa.Table]
    expect: pa.Table
    """Has the columns that are compared."""


@dataclass(frozen=True)
class Outcome:
    """What came of a test."""

    test: UnitTest
    columns: tuple[str, ...]
    """Those that were compared."""
    differences: tuple[Difference, ...] = ()
    problem: str | None = None
    """Why the SQL yielded nothing that could be compared."""

    @property
    def passed(self) -> bool:
        """Whether the SQL yielded what was expected."""
        return self.problem is None and not self.differences


def read(lake: Lake, tests: Sequence[UnitTest]) -> list[Case]:
    """Read the values of tests.

    Raises:
        InvalidInputError: Values are not of their columns' types; holds every fault.
    """
    faults: list[Fault] = []
    cases = []
    tables = {f"{each.layer}_{each.domain}.{each.name}": each for each in lake.datasets}
    products = {each.id: each for each in lake.datasets}
    for test in tests:
        product = products[test.product]
        given = {name: typed(rows, tables[name], lake, test.file) for name, rows in test.given.items()}
        expect = typed(test.expect, product, lake, test.file)
        faults += [fault for each in (*given.values(), expect) for fault in each.faults]
        rows = {name: each.rows for name, each in given.items()}
        cases.append(Case(test, _of_jobs(lake, product), rows, _compared(test, expect.rows)))
    if faults:
        raise InvalidInputError(faults)
    return cases


def run(cases: Sequence[Case]) -> Iterator[Outcome]:
    """Run tests one after the other, in one session."""
    with engine() as spark:
        for case in cases:
            yield _run(spark, case)


def _of_jobs(lake: Lake, product: Dataset) -> jobs.Product:
    """Return a product whose SQL names tables as its author does."""
    return replace(product_as_jobs_have_it(lake, product), sql=product.sql or "")


def _compared(test: UnitTest, rows: pa.Table) -> pa.Table:
    """Leave out columns that no expected row names; no row at all is compared in all of them."""
    return rows.select(test.expect.columns) if test.expect.rows else rows


def _run(spark: Engine, case: Case) -> Outcome:
    names = tuple(case.expect.column_names)
    try:
        got = spark.built(case.product, case.given)
    except (ProductError, PySparkException) as error:
        return Outcome(case.test, names, problem=_brief(error))
    except Py4JJavaError as error:
        return Outcome(case.test, names, problem=_brief(error.java_exception.getMessage()))
    return Outcome(case.test, names, tuple(differences(case.expect, got, case.product.key)))


def _brief(error: Any) -> str:
    """Return what Spark says, without its plans and stack traces."""
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines[: lines.index("")] if line) if "" in lines else " ".join(lines)
