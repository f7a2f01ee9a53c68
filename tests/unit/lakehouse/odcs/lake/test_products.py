import pytest

from tests.unit.lakehouse.project import Project, column, product, source


def faults_of(project: Project, sql: str) -> list[str]:
    project.write(source())
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", sql)
    return project.faults()


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        (
            "SELECT order_id\nFROM silver_shop.order",
            ".sql:2: sql: got 'silver_shop.order'; allowed: gold_shop.totals, silver_shop.orders; "
            "fix: did you mean 'silver_shop.orders'?",
        ),
        (
            "SELECT order_id FROM orders",
            ".sql:1: sql: got 'orders'; allowed: gold_shop.totals, silver_shop.orders",
        ),
        (
            "SELECT order_id FROM gold_shop.orders",
            ".sql:1: sql: got 'gold_shop.orders'; allowed: gold_shop.totals",
        ),
        ("SELECT order_id FROM c.silver_shop.orders", ".sql:1: sql: got 'c.silver_shop.orders'; allowed:"),
        ("SELECT order_id\nFROM silver_shop.orders WHERE (", ".sql:2: sql: got "),
        ("SELECT 'order_id", ".sql:1: sql: got "),
        ("", ".sql:1: sql: got 'nothing'; allowed: one SELECT of Spark SQL; fix: mend the SQL"),
        (
            "SELECT 1 AS order_id; SELECT 2 AS order_id",
            ".sql:1: sql: got 'SELECT, SELECT'; allowed: one SELECT",
        ),
        ("DROP TABLE silver_shop.orders", ".sql:1: sql: got 'DROP'; allowed: one SELECT"),
        (
            "SELECT order_id FROM IDENTIFIER('silver_shop.orders')",
            ".sql:1: sql: got 'IDENTIFIER(), which hides",
        ),
        (
            "SELECT * FROM silver_shop.orders",
            ".sql: sql: got '*'; allowed: order_id; fix: select exactly the columns",
        ),
        ("SELECT 1 AS id", ".sql: sql: got 'id'; allowed: order_id; fix: select exactly the columns"),
        (
            "SELECT order_id\nFROM silver_shop.orders o WHERE o.totl > 1",
            ".sql:2: sql: got 'totl'; allowed: _record_hash, _source_object, order_id; fix:",
        ),
        (
            "SELECT order_id FROM gold_shop.totals",
            ".sql: sql: got 'shop/totals reads shop/totals'; allowed: products that do not read each other",
        ),
    ],
)
def test_product_is_refused_when_its_sql_cannot_be_used(project: Project, sql: str, fault: str) -> None:
    (line,) = faults_of(project, sql)
    assert f"contracts/shop/totals{fault}" in line


def test_product_is_refused_when_it_has_no_sql(project: Project) -> None:
    project.write(product(), "shop/totals")
    assert "got 'gold'; allowed: gold with an .sql file beside the contract" in project.fault()


def test_product_is_refused_when_its_sql_is_not_utf_8(project: Project) -> None:
    project.write(product(), "shop/totals")
    (project.root / "contracts/shop/totals.sql").write_bytes(b"SELECT '\xff' AS order_id")
    assert "contracts/shop/totals.sql: file: got 'invalid start byte'; allowed: text in UTF-8" in "".join(
        project.faults()
    )


def test_products_are_refused_when_they_read_each_other(project: Project) -> None:
    sql = {"a": "SELECT order_id FROM gold_shop.b", "b": "SELECT order_id FROM gold_shop.c"}
    for name, text in {**sql, "c": "SELECT order_id FROM gold_shop.a"}.items():
        project.write(product(f"shop/{name}"), f"shop/{name}")
        project.text(f"shop/{name}.sql", text)
    assert project.fault() == (
        "contracts/shop/a.sql: sql: got 'shop/a reads shop/b reads shop/c reads shop/a'; "
        "allowed: products that do not read each other; fix: let one of them read silver instead"
    )


def test_product_is_not_blamed_when_the_contract_that_it_reads_is_broken(project: Project) -> None:
    project.text("shop/orders.odcs.yaml", "a: [")
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    assert "contracts/shop/orders.odcs.yaml:2: document" in project.fault()


def test_product_reads_only_datasets_when_it_uses_common_table_expressions(project: Project) -> None:
    project.write(source("shop/orders", column("note")))
    project.write(product(), "shop/totals")
    project.text(
        "shop/totals.sql",
        "WITH latest AS (SELECT order_id FROM silver_shop.orders) SELECT order_id FROM Latest -- the newest",
    )
    assert project.load().datasets[1].inputs == ("shop/orders",)
