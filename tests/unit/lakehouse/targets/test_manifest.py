import json
from dataclasses import replace

from lakehouse.layout.routes import routes
from lakehouse.model.dataset import Content, Format, Ingestion, Lake, Mode, Refresh, Write
from lakehouse.model.fields import Array, Field, NotPersonal, Scalar, Struct
from lakehouse.model.masking import HASH
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from lakehouse.model.versions import Versions
from lakehouse.targets.manifest import compile_domain
from tests.unit.lakehouse.datasets import NAMING, ORDERS, TOTALS

LAKE = Lake((ORDERS, TOTALS))


def test_manifest_has_what_jobs_need_when_a_domain_is_compiled() -> None:
    manifest = compile_domain(LAKE, "shop", NAMING)
    assert (manifest["version"], manifest["domain"]) == (8, "shop")
    assert manifest["masking_secret"] == NAMING.masking_secret
    assert manifest["token_secret"] == NAMING.token_secret
    (dataset,) = manifest["datasets"]
    fields = dataset.pop("fields")
    assert dataset == {
        "name": "orders",
        "version": ORDERS.version,
        "event_time": "at",
        "by_event": False,
        "records_per_day": None,
        "bronze": {
            "table": "lake_dev_bronze_shop.orders",
            "location": "s3://lake-dev-bronze-111111111111-eu-west-1/shop/orders/",
            "format": "json",
            "null_token": None,
            "dialect": None,
            "routing_member": None,
        },
        "silver_table": "lake_dev_silver_shop.orders",
        "quarantine_table": "lake_dev_quarantine_shop.orders",
        "state_location": "s3://lake-dev-silver-111111111111-eu-west-1/shop/_state/orders/",
        "requests_location": "s3://lake-dev-bronze-111111111111-eu-west-1/shop/_requests/orders/",
        "key": ["order_id"],
        "order_by": ["at"],
        "write": "merge",
        "max_rejected_ratio": 0.25,
        "unknown_fields": "ignore",
        "changes": None,
        "table_rules": [],
        "retention_days": None,
        "look_back_hours": 8786,
        "freshness_hours": 4,
        "versions": None,
        "engine": None,
        "personal": {"guarded": ["email"], "looks_like": {}},
    }
    assert manifest["results_tables"] == {
        "silver": "lake_dev_silver_shop.quality_results",
        "gold": "lake_dev_gold_shop.quality_results",
    }
    assert manifest["lineage"] == {
        "namespace": "lake-dev",
        "catalog": "arn:aws:glue:eu-west-1:111111111111",
        "events": {
            layer: f"s3://lake-dev-{layer}-111111111111-eu-west-1/shop/run_events/"
            for layer in ("silver", "gold")
        },
    }
    assert [field["name"] for field in fields] == [field.name for field in ORDERS.fields]


def test_manifest_fields_have_types_and_only_the_checks_that_are_set_when_compiled() -> None:
    fields = {field["name"]: field for field in compile_domain(LAKE, "shop", NAMING)["datasets"][0]["fields"]}
    assert fields["order_id"] == {
        "name": "order_id",
        "physical_name": None,
        "type": "long",
        "source_format": None,
        "required": True,
        "masking": None,
        "checks": {},
    }
    assert fields["email"]["masking"] == "redact"
    assert fields["status"]["checks"] == {"allowed": ["new", "done"], "max_length": 4}
    assert fields["tags"]["type"] == {
        "type": "map",
        "key": "string",
        "value": "decimal(4, 2)",
        "value-required": False,
    }
    assert fields["address"]["type"] == {
        "type": "struct",
        "fields": [
            {"name": "street", "required": True, "type": "string"},
            {
                "name": "spots",
                "required": False,
                "type": {"type": "list", "element": "double", "element-required": False},
            },
        ],
    }


def test_manifest_has_rules_as_figures_when_a_contract_has_rules_about_the_table() -> None:
    rows = TableRule("rows", "", Metric.ROW_COUNT, Threshold(Operator.MUST_BE_BETWEEN, (1, 9)))
    query = TableRule(
        "paid",
        "",
        Metric.SQL,
        Threshold(Operator.MUST_BE, (0,)),
        severity=Severity.WARNING,
        query="SELECT count(*) FROM ${object} WHERE status IS NULL",
    )
    lake = Lake((replace(ORDERS, rules=(rows, query)),))
    manifest = compile_domain(lake, "shop", NAMING)
    assert manifest["results_tables"]["gold"] is None
    assert manifest["datasets"][0]["table_rules"] == [
        {
            "name": "rows",
            "figures": [{"spark": "count(*)", "duckdb": "count(*)", "additive": True}],
            "formula": ["figure", 0],
            "query": None,
            "volatile": False,
            "spark_only": None,
            "operator": "mustBeBetween",
            "values": [1, 9],
            "severity": "error",
        },
        {
            "name": "paid",
            "figures": [
                {
                    "spark": "count(*) FILTER (WHERE status IS NULL\n)",
                    "duckdb": 'count(*) FILTER (WHERE ("status" IS NULL))',
                    "additive": True,
                }
            ],
            "formula": ["figure", 0],
            "query": None,
            "volatile": False,
            "spark_only": None,
            "operator": "mustBe",
            "values": [0],
            "severity": "warning",
        },
    ]


def test_manifest_products_have_physical_sql_when_compiled() -> None:
    (product,) = compile_domain(LAKE, "shop", NAMING)["products"]
    assert product["table"] == "lake_dev_gold_shop.totals"
    assert product["sql"] == "SELECT order_id, price FROM glue_catalog.lake_dev_silver_shop.orders"
    assert (product["write"], product["key"]) == ("overwrite", ["order_id"])
    assert [field["type"] for field in product["fields"]] == ["long", "decimal(9, 2)"]
    assert (product["refresh"], product["volatile"]) == (None, False)


def test_manifest_products_have_what_their_refresh_needs_when_compiled() -> None:
    parts = replace(
        TOTALS,
        write=Write.OVERWRITE_PARTITIONS,
        refresh=Refresh("shop/orders", "order_id"),
        sql="SELECT order_id, price * RAND() AS price FROM silver_shop.orders",
    )
    (product,) = compile_domain(Lake((ORDERS, parts)), "shop", NAMING)["products"]
    assert (product["write"], product["volatile"]) == ("overwrite_partitions", True)
    assert product["refresh"] == {"input": "shop/orders", "column": "order_id"}
    assert product["partition"] == [{"source": "order_id", "transform": "identity"}]
    assert product["inputs"] == [
        {"id": "shop/orders", "layer": "silver", "table": "lake_dev_silver_shop.orders"}
    ]


def test_manifest_is_the_same_text_when_compiled_again() -> None:
    first, second = (json.dumps(compile_domain(LAKE, "shop", NAMING)) for _ in range(2))
    assert first == second


def test_manifest_keeps_the_order_of_the_lake_when_products_build_on_one_another() -> None:
    later = replace(TOTALS, name="a_summary", sql="SELECT order_id, price FROM gold_shop.totals")
    manifest = compile_domain(Lake((ORDERS, TOTALS, later)), "shop", NAMING)
    assert [product["name"] for product in manifest["products"]] == ["totals", "a_summary"]
    assert manifest["products"][1]["sql"].endswith("FROM glue_catalog.lake_dev_gold_shop.totals")


def test_routes_have_file_datasets_only_when_the_lake_has_streams_too() -> None:
    files = replace(ORDERS, name="prices", ingestion=Ingestion(Mode.FILES, Format.CSV, "NA"))
    changes = replace(
        files, name="stock", ingestion=Ingestion(Mode.FILES, Format.PARQUET, content=Content.CHANGES)
    )
    lists = replace(files, name="lists", write=Write.OVERWRITE, versions=Versions(marker="_DONE"))
    assert routes(Lake((ORDERS, files, changes, lists, TOTALS))) == {
        "shop/lists": {
            "format": "csv", "requests": "shop/_requests/lists/", "versions": True, "marker": "_DONE",
        },
        "shop/prices": {
            "format": "csv", "requests": "shop/_requests/prices/", "versions": False, "marker": None,
        },
        "shop/stock": {
            "format": "parquet", "requests": "shop/_requests/stock/", "versions": False, "marker": None,
        },
    }  # fmt: skip


def test_personal_data_may_lie_where_a_column_or_member_is_classified_or_masked() -> None:
    mail, city = (Field(name, Scalar.STRING, False, "") for name in ("mail", "city"))
    inner = Struct((replace(mail, classification="restricted"), city))
    fields = (
        Field("who", Array(inner), False, ""),
        Field("whole", inner, False, "", classification="confidential"),
        Field("token", Scalar.STRING, False, "", masking=HASH),
        Field("number", Scalar.LONG, False, "", not_personal=NotPersonal(("card numbers",), "Orders.")),
    )
    dataset = replace(ORDERS, fields=(*ORDERS.fields, *fields))
    [found] = compile_domain(Lake((dataset,)), "shop", NAMING)["datasets"]
    assert found["personal"] == {
        "guarded": ["email", "who.mail", "whole", "token"],
        "looks_like": {"number": ["card numbers"]},
    }
