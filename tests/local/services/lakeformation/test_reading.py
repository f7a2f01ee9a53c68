"""What Athena reads under Lake Formation, beyond the golden cases: Iceberg tables, locations, hybrid mode."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog

from tests.local.patches.athena.asking import Asker
from tests.local.services.lakeformation.requests import of_columns, of_table, to
from tests.local.services.lakeformation.tables import close, table
from tests.local.services.lakeformation.world import (
    DATA,
    OWN_DATA,
    PERSONA,
    RESULTS,
    WORKGROUP,
    World,
    refusal,
)

MakeWorld = Callable[..., World]
EU = "region='EU'"
ROWS = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "region": ["EU", "US", None],
        "amount": pa.array(["1.10", "2.20", "3.30"]).cast(pa.decimal128(9, 2)),
        "at": pa.array([0, 1, 2], pa.timestamp("us", tz="UTC")),
        "place": pa.array([{"city": "Bern"}, {"city": "York"}, None], pa.struct({"city": pa.string()})),
    }
)
DENIED = "Insufficient permissions to execute the query. "


def _iceberg(world: World, catalog: GlueCatalog) -> None:
    location = f"s3://{DATA}/{world.database}/ice"
    catalog.create_table(f"{world.database}.ice", ROWS.schema, location).append(ROWS)
    close(world.aws.client("lakeformation"), of_table(world.database, "ice"))


def _filter_on_ice(world: World, expression: str, *columns: str) -> None:
    place = {"TableCatalogId": "000000000000", "DatabaseName": world.database, "TableName": "ice"}
    shown: dict[str, Any] = {"ColumnNames": list(columns)} if columns else {"ColumnWildcard": {}}
    name = {"Name": f"f{len(expression)}{len(columns)}"}
    world.admin.create_data_cells_filter(
        TableData={**place, **name, "RowFilter": {"FilterExpression": expression}, **shown}
    )
    world.grant({"DataCellsFilter": {**place, **name}}, "SELECT")


def test_filters_of_an_iceberg_table_show_rows_columns_and_types_as_they_are(
    make_world: MakeWorld, iceberg_catalog: GlueCatalog
) -> None:
    world = make_world("iceberg")
    _iceberg(world, iceberg_catalog)
    _filter_on_ice(world, "place.city = 'York' OR amount < 2")
    answer = world.asker.ask("SELECT * FROM ice ORDER BY id")
    assert [name for name, _ in answer.columns] == ["id", "region", "amount", "at", "place"]
    assert [kind for _, kind in answer.columns][:4] == [
        "bigint",
        "varchar",
        "decimal",
        "timestamp with time zone",
    ]
    assert [row[:3] for row in answer.rows] == [["1", "EU", "1.10"], ["2", "US", "2.20"]]


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT * FROM "ice$files"',
        'SELECT * FROM "ice$partitions"',
        'SELECT * FROM "ice$snapshots"',
        "SELECT * FROM ice FOR TIMESTAMP AS OF current_timestamp",
    ],
)
def test_what_aws_does_not_document_under_filters_is_refused(
    make_world: MakeWorld, iceberg_catalog: GlueCatalog, sql: str
) -> None:
    world = make_world(f"undocumented-{sum(map(ord, sql))}")
    _iceberg(world, iceberg_catalog)
    _filter_on_ice(world, EU)
    assert world.ask(sql).startswith("NOT_SUPPORTED")
    world.grant(of_table(world.database, "ice"), "SELECT")
    assert not isinstance(world.ask(sql), str)


@pytest.mark.parametrize("sql", ["OPTIMIZE t REWRITE DATA USING BIN_PACK", "VACUUM t"])
def test_maintenance_is_refused_to_everybody(make_world: MakeWorld, sql: str) -> None:
    world = make_world(f"maintenance-{sql.split(maxsplit=1)[0].lower()}")
    world.grant(of_table(world.database), "SELECT")
    assert "not supported" in world.asker.refusal(sql)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM t a, t b", [["1"]]),
        ("WITH x AS (SELECT * FROM t) SELECT id FROM x WHERE id IN (SELECT id FROM t)", [["1"]]),
        ("SELECT id FROM t UNION ALL SELECT id + 10 FROM t ORDER BY 1", [["1"], ["11"]]),
        ("SELECT max(id), min(id) FROM t", [["1", "1"]]),
        ("SELECT a.id, b.id FROM t a LEFT JOIN t b ON b.id = a.id + 1", [["1", None]]),
        ("SELECT (SELECT count(*) FROM t WHERE region IS NULL)", [["0"]]),
        ("SELECT count(*) FROM t WHERE id > 0 OR 1 = 1", [["1"]]),
    ],
)
def test_filter_holds_wherever_a_query_names_the_table(
    filtered: World, sql: str, rows: list[list[str | None]]
) -> None:
    assert filtered.values(sql) == rows


@pytest.fixture
def filtered(make_world: MakeWorld, request: pytest.FixtureRequest) -> World:
    world = make_world(f"filtered-{sum(map(ord, request.node.name))}")
    world.filter(EU)
    return world


@pytest.mark.parametrize("sql", [
    "SELECT email FROM t", "SELECT t.email FROM t", "SELECT count(email) FROM t",
    "SELECT id FROM t ORDER BY email", "SELECT id FROM t GROUP BY id, email", 'SELECT "$path" FROM t',
    "SELECT x.email FROM (SELECT * FROM t) x", "SELECT id FROM t JOIN t u USING (email)",
    "SELECT id FROM t HAVING max(email) > 'a'",
])  # fmt: skip
def test_hidden_column_cannot_be_resolved_anywhere(make_world: MakeWorld, sql: str) -> None:
    world = make_world(f"hidden-{sum(map(ord, sql))}")
    world.grant(of_columns(world.database, "id"), "SELECT")
    reason = world.ask(sql)
    assert reason.startswith("COLUMN_NOT_FOUND: line 1:")
    assert reason.endswith("cannot be resolved or requester is not authorized to access requested resources")


def test_view_needs_its_own_grant_and_shows_what_the_caller_may_see_below(make_world: MakeWorld) -> None:
    world = make_world("views")
    root = Asker(world.aws.client("athena"), WORKGROUP, world.database)
    root.rows("CREATE VIEW v AS SELECT id, region FROM t")
    close(world.aws.client("lakeformation"), of_table(world.database, "v"))
    world.filter(EU)
    assert world.ask("SELECT * FROM v").endswith("Required Describe on v")
    world.grant(of_columns(world.database, "id", name="v"), "SELECT")
    assert world.ask("SELECT * FROM v").startswith("NOT_SUPPORTED: the view")
    world.grant(of_table(world.database, "v"), "SELECT")
    assert world.values("SELECT * FROM v") == [["1", "EU"]]


def test_insert_from_a_filtered_table_copies_what_is_seen(make_world: MakeWorld) -> None:
    world = make_world("copies")
    glue = world.aws.client("glue")
    glue.create_table(DatabaseName=world.database, TableInput=table("copy", f"s3://{RESULTS}/copies/"))
    close(world.aws.client("lakeformation"), of_table(world.database, "copy"))
    world.filter(EU)
    world.grant(of_table(world.database, "copy"), "SELECT")
    copying = "INSERT INTO copy SELECT * FROM t"
    assert world.ask(copying).endswith("Required Insert on copy")
    world.grant(of_table(world.database, "copy"), "INSERT")
    world.ask(copying)
    assert world.values("SELECT id, region FROM copy") == [["1", "EU"]]


def test_data_that_is_not_registered_is_read_by_the_caller(make_world: MakeWorld) -> None:
    world = make_world("unregistered")
    glue, s3 = world.aws.client("glue"), world.aws.client("s3")
    s3.create_bucket(Bucket="lf-unregistered")
    s3.put_object(Bucket="lf-unregistered", Key="u/rows.json", Body=b'{"id": 7}')
    glue.create_table(DatabaseName=world.database, TableInput=table("u", "s3://lf-unregistered/u/"))
    close(world.aws.client("lakeformation"), of_table(world.database, "u"))
    world.grant(of_columns(world.database, "id", name="u"), "SELECT")
    assert "not authorized to perform: s3:ListBucket" in world.ask("SELECT * FROM u")
    allowed = (["s3:*"], ["arn:aws:s3:::lf-unregistered", "arn:aws:s3:::lf-unregistered/*"])
    other = make_world("unregistered-own", *PERSONA, allowed)
    world.admin.grant_permissions(**to(other.role, of_columns(world.database, "id", name="u"), "SELECT"))
    assert other.values(f"TABLE {world.database}.u") == [["7"]]


def test_registration_role_reads_within_the_folder_of_the_table_alone(make_world: MakeWorld) -> None:
    """Whoever may alter a table could point it to other data of the role's."""
    world = make_world("pointed")
    other = make_world("pointed-at")
    root, keys = world.aws.client("glue"), ("region",)
    made = table("p", f"s3://{DATA}/{world.database}/p/", keys=keys)
    root.create_table(DatabaseName=world.database, TableInput=made)
    close(world.aws.client("lakeformation"), of_table(world.database, "p"))
    storage = {**made["StorageDescriptor"], "Location": f"s3://{DATA}/{other.database}/t/"}
    entry = {"Values": ["EU"], "StorageDescriptor": storage}
    root.create_partition(DatabaseName=world.database, TableName="p", PartitionInput=entry)
    world.grant(of_table(world.database, "p"), "SELECT")
    assert "not authorized to perform: s3:GetObject" in world.ask("SELECT * FROM p")


def test_role_that_does_not_trust_lake_formation_reads_nothing(
    make_world: MakeWorld, make_role: Callable[..., str]
) -> None:
    world = make_world("distrust")
    arn = f"arn:aws:s3:::{DATA}/{world.database}"
    role = make_role("lf-distrust-role", "glue.amazonaws.com", OWN_DATA)
    world.aws.client("lakeformation").register_resource(ResourceArn=arn, RoleArn=role)
    world.grant(of_table(world.database), "SELECT")
    assert "should be given assume role permissions for lakeformation" in world.ask("SELECT * FROM t")


def test_hybrid_location_is_for_those_who_opted_in(
    make_world: MakeWorld, make_role: Callable[..., str]
) -> None:
    world = make_world("hybrid")
    arn = f"arn:aws:s3:::{DATA}/{world.database}"
    role = make_role("lf-hybrid-role", "lakeformation.amazonaws.com", OWN_DATA)
    lakeformation = world.aws.client("lakeformation")
    lakeformation.register_resource(ResourceArn=arn, RoleArn=role, HybridAccessEnabled=True)
    resource = of_table(world.database)
    world.admin.grant_permissions(**to("IAM_ALLOWED_PRINCIPALS", resource, "ALL"))
    world.filter(EU, "id")
    assert "not authorized to perform: s3:ListBucket" in world.ask("SELECT * FROM t")
    principal = {"DataLakePrincipalIdentifier": world.role}
    world.admin.create_lake_formation_opt_in(Principal=principal, Resource=resource)
    assert world.ask("SELECT * FROM t") == (["id"], [["1"]])


def test_athenas_own_lists_show_what_glue_shows(make_world: MakeWorld) -> None:
    browse = (["athena:List*", "athena:Get*"], ["*"])
    world = make_world("lists", *PERSONA, browse)
    world.grant(of_columns(world.database, "id"), "SELECT")
    place = {"CatalogName": "AwsDataCatalog", "DatabaseName": world.database}
    found = world.clients("athena").get_table_metadata(**place, TableName="t")["TableMetadata"]
    assert [each["Name"] for each in found["Columns"]] == ["id"]
    columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = '{}'"
    assert world.values(columns.format(world.database)) == [["id"]]
    assert [row[0].strip() for row in world.values("SHOW COLUMNS IN t") if row[0]] == ["id"]
    assert "email" not in str(world.values("SHOW CREATE TABLE t"))


@pytest.fixture
def default_database(make_world: MakeWorld) -> Iterator[World]:
    world = make_world("default")
    glue = world.aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "default"})
    yield world
    glue.delete_database(Name="default")


def test_database_default_must_be_described(default_database: World) -> None:
    world, resource = default_database, {"Database": {"Name": "default"}}
    world.grant(of_table(world.database), "SELECT")
    assert len(world.values("SELECT * FROM t")) == 3
    close(world.aws.client("lakeformation"), resource)
    assert world.ask("SELECT * FROM t").endswith("Required Describe on default")
    world.grant(resource, "DESCRIBE")
    assert len(world.values("SELECT * FROM t")) == 3


def test_revoked_grant_is_gone_at_once(make_world: MakeWorld) -> None:
    world = make_world("revoked")
    world.grant(of_table(world.database), "SELECT")
    assert len(world.values("SELECT * FROM t")) == 3
    world.admin.revoke_permissions(**to(world.role, of_table(world.database), "SELECT"))
    assert world.ask("SELECT * FROM t").startswith(f"{DENIED}Insufficient Lake Formation permission(s)")
    assert "AccessDenied" in refusal(
        world.clients("s3").get_object, Bucket=DATA, Key=f"{world.database}/t/rows.json"
    )
