"""The defaults of the libraries with which people ask Athena."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import awswrangler as wr
import boto3
import pyathena
import pytest
from botocore.exceptions import ClientError
from pyathena.cursor import DictCursor
from pyathena.pandas.cursor import PandasCursor

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker
from tests.local.patches.athena.conftest import ACCOUNT

TYPED = (
    "SELECT 1 AS id, DECIMAL '1.50' AS price, TIMESTAMP '2024-05-01 12:30:00' AS at, DATE '2024-05-01' AS day"
    ", 'it''s' AS name, CAST(NULL AS varchar) AS nothing, true AS ok"
)


@pytest.fixture(scope="module")
def session_of(guarded: EmbeddedAws) -> Callable[[str], boto3.Session]:
    """Makes a session under a role of this name."""

    def make(role: str) -> boto3.Session:
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        keys = guarded.client("sts").assume_role(RoleArn=arn, RoleSessionName="client")["Credentials"]
        return guarded.session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    return make


@pytest.fixture(scope="module")
def connect(analyst: Asker, session_of: Callable[[str], boto3.Session]) -> Callable[..., Any]:
    """Connects PyAthena as the analyst."""

    def make(**more: Any) -> Any:
        return pyathena.connect(
            session=session_of("guarded-analyst"),
            work_group="guarded",
            schema_name="guarded_gold",
            region_name="us-east-1",
            poll_interval=0.05,
            **more,
        )

    return make


def test_awswrangler_reads_through_a_temporary_table_when_a_role_may_make_one(
    builder: Asker, session_of: Callable[[str], boto3.Session]
) -> None:
    session = session_of("guarded-builder")
    frame = wr.athena.read_sql_query(
        "SELECT page, n, DECIMAL '1.50' AS price FROM clicks ORDER BY n",
        "guarded_gold",
        workgroup="guarded",
        boto3_session=session,
        keep_files=True,
    )
    assert frame.to_dict("records") == [
        {"page": "home", "n": 3, "price": Decimal("1.50")},
        {"page": "shop", "n": 4, "price": Decimal("1.50")},
    ]
    assert builder.rows("SHOW TABLES 'temp_table.*'") == []
    empty = wr.athena.read_sql_query(
        "SELECT page FROM clicks WHERE n = 0", "guarded_gold", workgroup="guarded", boto3_session=session
    )
    assert list(empty.columns) == ["page"]


def test_awswrangler_tells_what_is_missing_when_a_persona_may_make_no_table(
    analyst: Asker, session_of: Callable[[str], boto3.Session]
) -> None:
    ask = {"database": "guarded_gold", "workgroup": "guarded", "boto3_session": session_of("guarded-analyst")}
    with pytest.raises(ClientError, match="not authorized to perform: glue:DeleteTable") as denied:
        wr.athena.read_sql_query("SELECT page FROM clicks", **ask)  # tidies up after what failed
    assert "not authorized to perform: glue:CreateTable" in str(denied.value.__context__)
    frame = wr.athena.read_sql_query("SELECT page FROM clicks ORDER BY n", ctas_approach=False, **ask)
    assert list(frame["page"]) == ["home", "shop"]


def test_awswrangler_fills_in_parameters_of_both_styles(
    analyst: Asker, session_of: Callable[[str], boto3.Session]
) -> None:
    ask = {"database": "guarded_gold", "workgroup": "guarded", "boto3_session": session_of("guarded-analyst")}
    named = wr.athena.read_sql_query(
        "SELECT n FROM clicks WHERE page = :page", params={"page": "home"}, ctas_approach=False, **ask
    )
    marked = wr.athena.read_sql_query(
        "SELECT n FROM clicks WHERE page = ?",
        params=["'home'"],
        paramstyle="qmark",
        ctas_approach=False,
        **ask,
    )
    assert list(named["n"]) == list(marked["n"]) == [3]


def test_pyathena_returns_typed_rows_by_its_default_cursor(connect: Callable[..., Any]) -> None:
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(TYPED)
        assert cursor.fetchall() == [
            (1, Decimal("1.50"), dt.datetime(2024, 5, 1, 12, 30), dt.date(2024, 5, 1), "it's", None, True)
        ]
        cursor.execute("SELECT page FROM clicks WHERE page = %(page)s", {"page": "home"})
        assert cursor.fetchall() == [("home",)]
        cursor.execute("SELECT page FROM clicks WHERE page = ?", ["'home'"], paramstyle="qmark")
        assert cursor.fetchall() == [("home",)]
        cursor.execute("SHOW TABLES LIKE 'cli*'")
        assert cursor.fetchall() == [("clicks",)]


def test_pyathena_returns_rows_by_its_other_cursors(connect: Callable[..., Any]) -> None:
    with connect(cursor_class=DictCursor) as connection:
        assert connection.cursor().execute("SELECT page FROM clicks WHERE n = 3").fetchall() == [
            {"page": "home"}
        ]
    with connect(cursor_class=PandasCursor) as connection:
        frame = connection.cursor().execute("SELECT page, n FROM clicks ORDER BY n").as_pandas()
        assert frame.to_dict("records") == [{"page": "home", "n": 3}, {"page": "shop", "n": 4}]


def test_metadata_is_what_the_caller_may_see(connect: Callable[..., Any], guarded: EmbeddedAws) -> None:
    with connect() as connection, connection.cursor() as cursor:
        columns = cursor.get_table_metadata("orders", schema_name="guarded_gold").columns
        assert [(one.name, one.type) for one in columns] == [("id", "bigint"), ("name", "string")]
        assert {"clicks", "orders"} <= {
            one.name for one in cursor.list_table_metadata(schema_name="guarded_gold")
        }
        assert "guarded_gold" in {one.name for one in cursor.list_databases(catalog_name="awsdatacatalog")}
        with pytest.raises(pyathena.error.OperationalError):
            cursor.get_table_metadata("raw", schema_name="guarded_bronze")
        with pytest.raises(pyathena.error.OperationalError):
            cursor.get_table_metadata("nothing", schema_name="guarded_gold")
        with pytest.raises(pyathena.error.OperationalError):
            cursor.list_table_metadata(schema_name="guarded_bronze")


@pytest.mark.parametrize("kind", ["hive", "iceberg"])
def test_dbt_builds_a_table_model_twice(builder: Asker, kind: str) -> None:
    """The statements of dbt-athena 1.11.1 for a table model, in its order and its spelling."""
    comment = '-- /* {{"app": "dbt", "dbt_version": "1.10.23", "node_id": "model.demo.daily"}} */\n'
    location = "" if kind == "hive" else "location='s3://guarded-gold/dbt/{0}/',\n"
    external = "true" if kind == "hive" else "false"
    create = (
        comment + '\n\n    create table "awsdatacatalog"."guarded_gold"."{0}"\n    with (\n'  # noqa: S608 - names of this test
        f"      table_type='{kind}',\n      is_external={external},{location}\n      format='parquet'\n"
        "    )\n    as\n"
        '      select page, sum(n) as n from "awsdatacatalog"."guarded_gold"."clicks" group by page\n'
    )
    builder.rows(comment + "create schema if not exists `guarded_gold`")
    builder.rows(create.format(f"daily_{kind}"))
    if kind == "hive":
        builder.rows(
            f"alter table `guarded_gold`.`daily_{kind}` set tblproperties ('classification' = 'parquet')"
        )
        builder.rows(f"drop table if exists `guarded_gold`.`daily_{kind}`")
        builder.rows(create.format(f"daily_{kind}"))
    else:
        builder.rows(create.format(f"daily_{kind}__ha"))
        builder.rows(
            f"alter table `guarded_gold`.`daily_{kind}` rename to `guarded_gold`.`daily_{kind}__bkp`"
        )
        builder.rows(f"alter table `guarded_gold`.`daily_{kind}__ha` rename to `guarded_gold`.`daily_{kind}`")
        builder.rows(f"drop table if exists `guarded_gold`.`daily_{kind}__bkp`")
    builder.rows("SELECT 'create table \"a\" as select ''x''';")
    assert builder.rows(f"SELECT * FROM daily_{kind} ORDER BY page") == [["home", "3"], ["shop", "4"]]  # noqa: S608 - names of this test
    builder.rows(f"drop table if exists `guarded_gold`.`daily_{kind}`")
