"""Unit tests of products run on Spark by the command line: what passes, what differs, what is refused."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from tests.unit.lakehouse.project import Project, column, product, source

pytestmark = pytest.mark.spark

ORDERS = (
    column("amount", "number", "decimal(18, 4)", required=True, logicalTypeOptions={"minimum": 0}),
    column("email", customProperties=[{"property": "lake.masking", "value": "hash"}]),
    column("at", "timestamp", "timestamptz", logicalTypeOptions={"timezone": True}),
    column("tags", "array", "list", items={"logicalType": "string", "physicalType": "string"}),
)
SQL = {
    "totals": "SELECT order_id, amount, email, CAST(at AS DATE) AS day FROM silver_shop.orders",
    "ratios": "SELECT order_id, CAST(1 / size(tags) AS DOUBLE) AS ratio FROM silver_shop.orders",
    "days": "SELECT CAST(day AS STRING) AS order_id, COUNT(*) AS orders FROM gold_shop.totals GROUP BY day",
}


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    (tmp_path / "contracts").mkdir()
    project = Project(tmp_path)
    project.write(source("shop/orders", *ORDERS))
    products = {
        "totals": (column("amount", "number", "decimal(18, 4)"), column("email"), column("day", "date")),
        "ratios": (column("ratio", "number", "double"),),
        "days": (column("orders", "integer", "long"),),
    }
    for name, columns in products.items():
        project.write(product(f"shop/{name}", *columns), f"shop/{name}")
        project.text(f"shop/{name}.sql", SQL[name])
    return project


def _tests(project: Project, name: str, text: str) -> None:
    project.text(f"shop/{name}.tests.yaml", textwrap.dedent(text))


def _run(project: Project, *words: str) -> tuple[int, Any, str]:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from tools.lake.main import app; app()",
            "test",
            *words,
            "--root",
            project.root,
        ],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in run.stderr, run.stderr
    return run.returncode, run.stdout, run.stderr


def test_each_test_tells_what_its_sql_makes_of_its_rows(shop: Project) -> None:
    _tests(
        shop,
        "totals",
        """\
        unit_tests:
          - name: columns_are_kept_and_days_end_in_utc
            given:
              - input: silver_shop.orders
                rows:
                  - order_id: a
                    amount: "12345678901234.5678"
                    email: clear@example.com
                    at: "2026-01-31T23:30:00Z"
                  - { order_id: b, amount: -1, at: "2026-02-01T00:30:00+02:00" }
            expect:
              format: csv
              rows: |
                order_id,amount,email,day
                b,-1.0000,,2026-01-31
                a,12345678901234.5678,clear@example.com,2026-01-31
          - name: fails
            given:
              - input: silver_shop.orders
                format: csv
                rows: |
                  order_id,amount
                  a,1
                  c,3
            expect:
              rows:
                - { order_id: a, amount: 2 }
                - { order_id: b, amount: 2 }
        """,
    )
    _tests(
        shop,
        "ratios",
        """\
        unit_tests:
          - name: nothing_is_divided_by_zero
            given:
              - input: silver_shop.orders
                rows: [{ order_id: a, tags: [] }]
            expect:
              rows: [{ order_id: a, ratio: null }]
          - name: one_of_three
            given:
              - input: silver_shop.orders
                rows: [{ order_id: a, tags: [x, y, z] }]
            expect:
              rows: [{ ratio: 0.333333333333333 }]
        """,
    )
    _tests(
        shop,
        "days",
        """\
        unit_tests:
          - name: products_read_products
            given:
              - input: gold_shop.totals
                rows: [{ day: "2026-01-31" }, { day: "2026-01-31" }, {}]
            expect:
              rows: [{ order_id: "2026-01-31", orders: 2 }, { orders: 1 }]
        """,
    )
    code, out, err = _run(shop, "--json")
    assert out, err
    found = json.loads(out)
    assert (code, found["passed"]) == (1, False)
    assert {(each["name"], each["passed"]) for each in found["tests"]} == {
        ("columns_are_kept_and_days_end_in_utc", True),
        ("fails", False),
        ("nothing_is_divided_by_zero", False),
        ("one_of_three", True),
        ("products_read_products", True),
    }
    failed = {each["name"]: each for each in found["tests"] if not each["passed"]}
    assert failed["fails"]["line"] == 17
    assert failed["fails"]["differences"] == [
        {
            "kind": "changed",
            "expected": {"order_id": "a", "amount": "2.0000"},
            "got": {"order_id": "a", "amount": "1.0000"},
        },
        {"kind": "missing", "expected": {"order_id": "b", "amount": "2.0000"}, "got": None},
        {"kind": "unexpected", "expected": None, "got": {"order_id": "c", "amount": "3.0000"}},
    ]
    assert "DIVIDE_BY_ZERO" in failed["nothing_is_divided_by_zero"]["problem"]

    code, out, err = _run(shop, "totals")
    assert (code, err) == (1, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == "✓ shop/totals columns_are_kept_and_days_end_in_utc"
    assert lines[1] == "✗ shop/totals fails  contracts/shop/totals.tests.yaml:17"
    assert "≠   a          2.0000 → 1.0000" in lines
    assert lines[-1].startswith("2 unit tests, 1 failed (")


def test_values_of_another_type_are_told_with_their_lines_before_spark_starts(shop: Project) -> None:
    _tests(
        shop,
        "totals",
        """\
        unit_tests:
          - name: wrong
            given:
              - input: silver_shop.orders
                rows:
                  - { order_id: a, amount: many }
            expect:
              format: csv
              rows: |
                order_id,day
                a,31.1.2026
        """,
    )
    code, _, err = _run(shop, "totals")
    assert code == 2
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    assert lines == [
        "contracts/shop/totals.tests.yaml",
        "line 6, column amount",
        "got     'many'",
        "allowed decimal(18, 4) without rounding",
        "fix     change the value",
        "line 11, column day",
        "got     '31.1.2026'",
        "allowed a date of the calendar, as 2026-01-31",
        "fix     change the value",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["totals"], "fix: write contracts/shop/totals.tests.yaml"),
        (["shop"], "fix: write <product>.tests.yaml beside its SQL"),
        (["totals", "-"], "fix: name one, or leave the data out to run unit tests"),
        (["orders"], "got shop/orders without data"),
    ],
)
def test_what_cannot_be_tested_is_refused_in_words(words: list[str], told: str, shop: Project) -> None:
    code, _, err = _run(shop, *words)
    assert code == 2
    assert told in " ".join(err.replace("│", "").split())
