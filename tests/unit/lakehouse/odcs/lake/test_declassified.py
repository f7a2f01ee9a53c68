from typing import Any

import pytest

from tests.unit.lakehouse.project import Json, Project, column, product, source

PERSON = column("person", "object", classification="internal")
PERSON["properties"] = [
    column("city"),
    column("mail", classification="restricted"),
]
SOURCE = (
    column(
        "email",
        classification="confidential",
        customProperties=[{"property": "lake.masking", "value": "hash"}],
    ),
    column("balance", "number", "decimal(12, 2)", classification="confidential"),
    column("country"),
    column("born", "date", classification="confidential"),
    PERSON,
)
WHERE = "contracts/shop/totals.sql:1: sql: "


def contract(kind: tuple[str, ...] = ("string",), **more: Any) -> Json:
    return product("shop/totals", column("x", *kind, **more))


def write(project: Project, sql: str, document: Json) -> None:
    project.write(source("shop/orders", *SOURCE))
    project.write(document, "shop/totals")
    project.text("shop/totals.sql", sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT order_id, email AS x FROM silver_shop.orders",
        "SELECT order_id, CAST(email AS STRING) AS x FROM silver_shop.orders",
        "SELECT order_id, coalesce(NULL, email) AS x FROM silver_shop.orders",
        "SELECT order_id, coalesce(country, email) AS x FROM silver_shop.orders",
        "SELECT order_id, upper(substr(email, 1, 3)) AS x FROM silver_shop.orders",
        "SELECT order_id, country || ': ' || email AS x FROM silver_shop.orders",
        "SELECT order_id, IF(country = 'x', email, country) AS x FROM silver_shop.orders",
        "SELECT order_id, CASE WHEN country = 'x' THEN email END AS x FROM silver_shop.orders",
        "SELECT order_id, max(email) AS x FROM silver_shop.orders GROUP BY order_id",
        "SELECT order_id, first(email, true) AS x FROM silver_shop.orders GROUP BY order_id",
        "SELECT order_id, max_by(email, country) AS x FROM silver_shop.orders GROUP BY order_id",
        "SELECT order_id, lag(email) OVER (ORDER BY order_id) AS x FROM silver_shop.orders",
        "SELECT order_id, array_join(collect_set(email), ',') AS x FROM silver_shop.orders GROUP BY order_id",
        "SELECT order_id, transform(collect_list(struct(order_id, email)), p -> p.email)[0] AS x "
        "FROM silver_shop.orders GROUP BY order_id",
        "SELECT order_id, s.e AS x "
        "FROM (SELECT order_id, named_struct('e', email) AS s FROM silver_shop.orders)",
        "SELECT order_id, country AS x "
        "FROM silver_shop.orders UNION ALL SELECT order_id, email FROM silver_shop.orders",
        "WITH a AS (SELECT * FROM silver_shop.orders), b AS (SELECT order_id, email AS x "
        "FROM a) SELECT order_id, x FROM b",
        "SELECT order_id, (SELECT max(email) FROM silver_shop.orders) AS x FROM silver_shop.orders",
        "SELECT order_id, t.m AS x FROM silver_shop.orders LATERAL VIEW explode(split(email, ',')) t AS m",
        "SELECT order_id, to_json(struct(email)) AS x FROM silver_shop.orders",
        "SELECT order_id, sha2(email, 256) AS x FROM silver_shop.orders",
        "SELECT order_id, a AS x FROM (SELECT order_id, country, email FROM silver_shop.orders) "
        "PIVOT (max(email) FOR country IN ('a'))",
    ],
)
def test_product_is_refused_when_it_republishes_a_masked_column_as_internal(
    project: Project, sql: str
) -> None:
    write(project, sql, contract())
    assert project.fault() == (
        f"{WHERE}got 'x (internal) with values of shop/orders.email (confidential, masked by hash)'; "
        "allowed: confidential or stricter; fix: classify x as confidential, aggregate the values away, "
        "or say in lake.declassified of the column why that is meant"
    )


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT order_id, count(email) AS x FROM silver_shop.orders GROUP BY order_id", ("integer", "long")),
        (
            "SELECT order_id, count(DISTINCT email) AS x FROM silver_shop.orders GROUP BY order_id",
            ("integer", "long"),
        ),
        (
            "SELECT order_id, sum(balance) AS x FROM silver_shop.orders GROUP BY order_id",
            ("number", "decimal(22, 2)"),
        ),
        (
            "SELECT order_id, avg(balance) AS x FROM silver_shop.orders GROUP BY order_id",
            ("number", "decimal(16, 6)"),
        ),
        ("SELECT order_id, length(email) AS x FROM silver_shop.orders", ("integer", "int")),
        ("SELECT order_id, email IS NULL AS x FROM silver_shop.orders", ("boolean",)),
        (
            "SELECT order_id, balance > 0 AND startswith(email, 'a') AS x FROM silver_shop.orders",
            ("boolean",),
        ),
        (
            "SELECT order_id, CASE WHEN balance > 0 THEN 'rich' ELSE country END AS x "
            "FROM silver_shop.orders",
            ("string",),
        ),
        (
            "SELECT order_id, max_by(country, balance) AS x FROM silver_shop.orders GROUP BY order_id",
            ("string",),
        ),
        (
            "SELECT order_id, max(country) FILTER (WHERE email = 'a') AS x "
            "FROM silver_shop.orders GROUP BY order_id",
            ("string",),
        ),
        ("SELECT order_id, country AS x FROM silver_shop.orders ORDER BY email", ("string",)),
        (
            "SELECT order_id, row_number() OVER (PARTITION BY email ORDER BY born) AS x "
            "FROM silver_shop.orders",
            ("integer", "int"),
        ),
        ("SELECT order_id, person.city AS x FROM silver_shop.orders", ("string",)),
        (
            "SELECT order_id, s.country AS x "
            "FROM (SELECT order_id, struct(country, email) AS s FROM silver_shop.orders)",
            ("string",),
        ),
        (
            "SELECT a.order_id, a.country AS x "
            "FROM silver_shop.orders a JOIN silver_shop.orders b ON a.email = b.email",
            ("string",),
        ),
    ],
)
def test_product_is_accepted_when_no_value_of_a_stricter_column_is_left(
    project: Project, sql: str, kind: tuple[str, ...]
) -> None:
    write(project, sql, contract(kind))
    assert [dataset.id for dataset in project.load().datasets] == ["shop/orders", "shop/totals"]


def test_product_is_accepted_when_its_column_is_as_strict_as_the_source(project: Project) -> None:
    write(
        project, "SELECT order_id, email AS x FROM silver_shop.orders", contract(classification="restricted")
    )
    assert len(project.load().datasets) == 2


def test_product_is_refused_when_a_member_is_stricter_than_its_struct(project: Project) -> None:
    write(
        project,
        "SELECT order_id, person.mail AS x FROM silver_shop.orders",
        contract(classification="confidential"),
    )
    assert "x (confidential) with values of shop/orders.person (restricted)" in project.fault()


def test_product_is_refused_when_what_it_reads_is_a_product_with_a_stricter_column(project: Project) -> None:
    write(
        project,
        "SELECT order_id, email AS x FROM silver_shop.orders",
        contract(classification="confidential"),
    )
    project.write(product("shop/more", column("x")), "shop/more")
    project.text("shop/more.sql", "SELECT order_id, x FROM gold_shop.totals")
    assert "x (internal) with values of shop/totals.x (confidential)" in project.fault()


def test_product_is_refused_when_it_republishes_what_was_rescued(project: Project) -> None:
    ingestion = {"mode": "stream", "format": "json", "unknownFields": "rescue"}
    project.write(source("shop/orders", *SOURCE, ingestion=ingestion))
    project.write(contract(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, _rescued AS x FROM silver_shop.orders")
    assert "shop/orders._rescued (restricted, unmasked rest of records)" in project.fault()


def declassified(value: Any) -> Json:
    return contract(customProperties=[{"property": "lake.declassified", "value": value}])


def test_product_is_accepted_when_its_contract_says_why_it_is_weaker(project: Project) -> None:
    reason = {"from": ["shop/orders.email"], "reason": "The hash alone tells nothing about a person."}
    write(project, "SELECT order_id, email AS x FROM silver_shop.orders", declassified(reason))
    totals = project.load().datasets[1]
    assert totals.fields[1].declassified is not None
    assert totals.fields[1].declassified.reason == reason["reason"]


def test_product_is_refused_when_its_reason_names_another_column(project: Project) -> None:
    reason = {"from": ["shop/orders.balance"], "reason": "Rounded."}
    write(project, "SELECT order_id, email AS x FROM silver_shop.orders", declassified(reason))
    leak, stale = sorted(project.faults(), reverse=True)
    assert "with values of shop/orders.email" in leak
    assert (
        "got 'shop/orders.balance in lake.declassified of x'; allowed: shop/orders.email; fix: remove it"
        in stale
    )


def test_product_is_refused_when_its_reason_is_not_needed(project: Project) -> None:
    reason = {"from": ["shop/orders.email"], "reason": "Needed once."}
    write(project, "SELECT order_id, country AS x FROM silver_shop.orders", declassified(reason))
    assert "allowed: nothing: no value of a stricter column is republished; fix: remove it" in project.fault()


@pytest.mark.parametrize(
    "value",
    [
        "because",
        {"from": ["shop/orders.email"]},
        {"from": [], "reason": "r"},
        {"from": ["a"], "reason": " "},
        {"from": ["a"], "reason": "r", "until": "2027"},
    ],
)
def test_contract_is_refused_when_it_gives_no_reason(project: Project, value: Any) -> None:
    write(project, "SELECT order_id, country AS x FROM silver_shop.orders", declassified(value))
    assert "allowed: { from: [<domain>/<dataset>.<column>, …], reason: <text> }" in project.fault()


def test_source_is_refused_when_it_is_declassified(project: Project) -> None:
    value = {"from": ["shop/orders.email"], "reason": "r"}
    project.write(
        source(
            "shop/orders", column("x", customProperties=[{"property": "lake.declassified", "value": value}])
        )
    )
    assert "allowed: lake.declassified on gold only" in project.fault()


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        (
            "SELECT order_id,\n  count(*) AS x FROM silver_shop.orders GROUP BY order_id",
            ".sql:2: sql: got 'x of type bigint'; allowed: string; fix: write CAST(… AS STRING) AS x",
        ),
        ("SELECT order_id, NULL AS x FROM silver_shop.orders", "got 'x of type void'; allowed: string"),
        ("SELECT order_id, born AS x FROM silver_shop.orders", "got 'x of type date'; allowed: string"),
        (
            "SELECT order_id, sum(balance) AS x FROM silver_shop.orders GROUP BY order_id",
            "got 'x of type decimal(22,2)'; allowed: string",
        ),
        (
            "SELECT order_id, collect_list(country) AS x FROM silver_shop.orders GROUP BY order_id",
            "got 'x of type array<string>'; allowed: string",
        ),
    ],
)
def test_product_is_refused_when_the_job_would_refuse_the_type_of_its_result(
    project: Project, sql: str, fault: str
) -> None:
    write(project, sql, contract(classification="confidential"))
    assert fault in project.fault()


def test_product_is_refused_when_spark_gives_its_column_another_name(project: Project) -> None:
    project.write(source("shop/orders", *SOURCE))
    project.write(product("shop/totals", column("city")), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, (person).city FROM silver_shop.orders")
    assert "got 'order_id, an expression'; allowed: order_id, city" in project.fault()


def test_fault_names_the_property_that_says_why_it_is_meant(project: Project) -> None:
    write(project, "SELECT order_id, email AS x FROM silver_shop.orders", contract())
    assert project.fault().endswith(
        "aggregate the values away, or say in lake.declassified of the column why that is meant"
    )
