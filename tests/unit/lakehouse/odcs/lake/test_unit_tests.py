"""Unit tests of gold SQL are read whole, and every fault of theirs is told with its line."""

import textwrap

import pytest

from config.faults import InvalidInputError
from lakehouse.odcs.lake.unit_tests import UnitTest, load_unit_tests
from tests.unit.lakehouse.project import Project, column, product, source

AMOUNT = column("amount", "number", "double")


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(source("shop/orders", AMOUNT))
    project.write(source("shop/refunds", AMOUNT), "shop/refunds")
    project.write(product("shop/totals", AMOUNT), "shop/totals")
    project.text(
        "shop/totals.sql",
        "SELECT o.order_id, o.amount FROM silver_shop.orders o "
        "ANTI JOIN silver_shop.refunds USING (order_id)",
    )
    return project


def _read(project: Project, text: str) -> list[UnitTest]:
    project.text("shop/totals.tests.yaml", textwrap.dedent(text))
    return load_unit_tests(project.load(), project.root)


def _faults(project: Project, text: str) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        _read(project, text)
    return str(caught.value).splitlines()


def test_tests_are_read_with_their_rows_when_they_are_lists_or_csv(shop: Project) -> None:
    [test] = _read(
        shop,
        """\
        unit_tests:
          - name: refunded_orders_do_not_count
            description: They are paid back.
            given:
              - input: silver_shop.orders
                rows:
                  - { order_id: a, amount: 1.5 }

                  - order_id: b
              - input: silver_shop.refunds
                format: csv
                rows: |
                  order_id, amount
                  a,

                  c, 2
            expect:
              rows: []
        """,
    )
    assert (test.product, test.name, test.description) == (
        "shop/totals",
        "refunded_orders_do_not_count",
        "They are paid back.",
    )
    assert (test.file, test.line) == ("contracts/shop/totals.tests.yaml", 2)
    orders, refunds = test.given["silver_shop.orders"], test.given["silver_shop.refunds"]
    assert orders.rows == ({"order_id": "a", "amount": 1.5}, {"order_id": "b"})
    assert (orders.columns, orders.lines) == (("order_id", "amount"), (7, 9))
    assert refunds.rows == ({"order_id": "a", "amount": None}, {"order_id": "c", "amount": "2"})
    assert refunds.lines == (14, 16)
    assert test.expect.rows == ()


def test_every_fault_is_told_with_its_line_when_several_are_wrong(shop: Project) -> None:
    where = "contracts/shop/totals.tests.yaml"
    assert _faults(
        shop,
        """\
        unit_tests:
          - name: first
            given:
              - input: silver_shop.order
                rows: []
              - input: silver_shop.refunds
                rows:
                  - { order: a }
                  - 5
              - input: silver_shop.refunds
                rows: []
            expect:
              format: csv
              rows: |
                order_id,amount
                a
                b,1,2
          - name: first
            given:
              - input: silver_shop.orders
                rows: { order_id: a }
              - input: silver_shop.refunds
                format: csv
                rows: []
            expect:
              rows:
                - { amount: 0.12345678901234567 }
        """,
    ) == [
        f"{where}:3: unit_tests[0].given: got 'nothing of silver_shop.orders'; allowed: rows of each table "
        "that the SQL reads: silver_shop.orders, silver_shop.refunds; fix: add `- input: "
        "silver_shop.orders` with its rows, `[]` if it has none",
        f"{where}:4: unit_tests[0].given[0].input: got 'silver_shop.order'; allowed: silver_shop.orders, "
        "silver_shop.refunds, which the SQL reads; fix: did you mean 'silver_shop.orders'?",
        f"{where}:8: column order: got 'order'; allowed: _record_hash, _source_object, amount, order_id; "
        "fix: did you mean 'order_id'?",
        f"{where}:9: unit_tests[0].given[1].rows[1]: got 5; allowed: values by column; "
        "fix: write {column: value}",
        f"{where}:10: unit_tests[0].given[2].input: got 'silver_shop.refunds'; allowed: each table once; "
        "fix: put its rows together",
        f"{where}:16: row: got 1; allowed: 2 values, as in the header; fix: add or remove values",
        f"{where}:17: row: got 3; allowed: 2 values, as in the header; fix: add or remove values",
        f"{where}:18: unit_tests[1].name: got 'first'; allowed: a name of its own for each test; "
        "fix: rename one",
        f"{where}:21: unit_tests[1].given[0].rows: got {{'order_id': 'a'}}; allowed: a list of rows; "
        "fix: write `- {column: value}`, or format: csv",
        f"{where}:24: unit_tests[1].given[1].rows: got []; allowed: CSV with a header; "
        "fix: write `rows: |`, and the CSV below it",
        f"{where}:27: column amount: got 0.12345678901234566; allowed: numbers of at most 15 digits, or a "
        "text; fix: write the number in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("unit_tests: []", "unit_tests: got []; allowed: List should have at least 1 item"),
        ("tests: []", "tests: got 'tests'; allowed: unit_tests; fix: did you mean 'unit_tests'?"),
        (
            "unit_tests: [{name: Any Name, given: [], expect: {rows: []}}]",
            "unit_tests[0].name: got 'Any Name'",
        ),
        ("unit_tests: [{name: a, given: []}]", "unit_tests[0].expect: got 'nothing'"),
        ("- a", "document: got 'list'; allowed: a mapping of keys to values"),
    ],
)
def test_file_of_another_form_is_refused_when(text: str, fault: str, shop: Project) -> None:
    assert any(fault in line for line in _faults(shop, text))


def test_tests_without_sql_beside_them_are_refused(shop: Project) -> None:
    shop.text("shop/orders.tests.yaml", "unit_tests: []")
    assert shop.fault() == (
        "contracts/shop/orders.tests.yaml: file: got 'orders.tests.yaml'; allowed: tests beside the SQL of a "
        "product; fix: add orders.sql"
    )


def test_csv_is_read_without_the_blanks_that_align_it(shop: Project) -> None:
    [test] = _read(
        shop,
        """\
        unit_tests:
          - name: aligned
            given:
              - input: silver_shop.orders
                format: csv
                rows: |
                  order_id , amount
                  "a, b"   , "1"
                  c        ,  "2"
              - { input: silver_shop.refunds, rows: [] }
            expect: { rows: [] }
        """,
    )
    orders = test.given["silver_shop.orders"]
    assert orders.columns == ("order_id", "amount")
    assert orders.rows == ({"order_id": "a, b", "amount": "1"}, {"order_id": "c", "amount": "2"})
    assert not test.description


def test_a_number_of_as_many_digits_as_yaml_keeps_is_taken(shop: Project) -> None:
    rows = "[{ order_id: a, amount: 0.123456789012345 }]"
    given = f"[{{input: silver_shop.orders, rows: {rows}}}, {{input: silver_shop.refunds, rows: []}}]"
    [test] = _read(shop, f"unit_tests: [{{name: digits, given: {given}, expect: {{rows: []}}}}]")
    assert test.given["silver_shop.orders"].rows == ({"order_id": "a", "amount": 0.123456789012345},)


def test_fault_of_a_column_has_the_line_of_the_first_row_that_names_it(shop: Project) -> None:
    faults = _faults(
        shop,
        """\
        unit_tests:
          - name: late
            given:
              - input: silver_shop.orders
                rows:
                  - { order_id: a }
                  - { order_id: b, amuont: 1 }
              - { input: silver_shop.refunds, rows: [] }
            expect: { rows: [] }
        """,
    )
    assert [line.partition(": got")[0] for line in faults] == [
        "contracts/shop/totals.tests.yaml:7: column amuont"
    ]


def test_all_tables_without_rows_are_named_in_order(shop: Project) -> None:
    [fault] = _faults(shop, "unit_tests: [{name: none, given: [], expect: {rows: []}}]")
    assert "got 'nothing of silver_shop.orders, silver_shop.refunds'" in fault


def test_faults_of_every_products_tests_are_told_and_products_without_tests_are_none(shop: Project) -> None:
    shop.write(product("shop/sums", AMOUNT), "shop/sums")
    shop.text("shop/sums.sql", "SELECT order_id, amount FROM silver_shop.orders")
    assert load_unit_tests(shop.load(), shop.root) == []
    shop.text("shop/sums.tests.yaml", "- a\n- : :")
    assert [line.partition(":")[0] for line in _faults(shop, "unit_tests: [")] == [
        "contracts/shop/sums.tests.yaml",
        "contracts/shop/totals.tests.yaml",
    ]
