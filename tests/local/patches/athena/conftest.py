"""A small lake: an analyst reads gold, a builder writes it, too, and nobody but root reads bronze."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.athena.asking import Asker

Allowed = tuple[list[str], list[str]]

ACCOUNT = "000000000000"
WORKGROUP = f"arn:aws:athena:us-east-1:{ACCOUNT}:workgroup/guarded"
CATALOG = f"arn:aws:glue:us-east-1:{ACCOUNT}:"
READ_TABLES = [
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartitions",
]
WRITE_TABLES = [
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:DeleteTable",
    "glue:GetPartition",
    "glue:BatchCreatePartition",
    "glue:DeletePartition",
    "glue:CreateDatabase",
    "glue:DeleteDatabase",
]
GOLD = [f"{CATALOG}catalog", f"{CATALOG}database/guarded_gold*", f"{CATALOG}table/guarded_gold*/*"]
QUERIES: Allowed = (
    [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StopQueryExecution",
        "athena:GetWorkGroup",
    ],
    [WORKGROUP],
)
BROWSE: Allowed = (
    ["athena:GetDatabase", "athena:ListDatabases", "athena:GetTableMetadata", "athena:ListTableMetadata"],
    [
        f"arn:aws:athena:us-east-1:{ACCOUNT}:datacatalog/{name}"
        for name in ("AwsDataCatalog", "awsdatacatalog")
    ],
)
RESULTS: list[Allowed] = [
    (["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], ["arn:aws:s3:::guarded-results/analyst/*"]),
    (["s3:ListBucket", "s3:GetBucketLocation"], ["arn:aws:s3:::guarded-results"]),
]
PERSONA: list[Allowed] = [
    QUERIES,
    BROWSE,
    *RESULTS,
    (READ_TABLES, GOLD),
    (["s3:GetObject"], ["arn:aws:s3:::guarded-gold/*"]),
    (["s3:ListBucket", "s3:GetBucketLocation"], ["arn:aws:s3:::guarded-gold"]),
]
"""What the governance stack allows a persona, and to browse the catalog."""


@pytest.fixture(scope="session")
def guarded(embedded_aws: EmbeddedAws, iceberg_catalog: GlueCatalog) -> EmbeddedAws:
    """The embedded AWS with the lake in it."""
    s3, glue = embedded_aws.client("s3"), embedded_aws.client("glue")
    for layer in ("gold", "bronze", "results"):
        s3.create_bucket(Bucket=f"guarded-{layer}")
    for layer in ("gold", "bronze"):
        glue.create_database(DatabaseInput={"Name": f"guarded_{layer}"})
    results = {"OutputLocation": "s3://guarded-results/analyst/"}
    configuration = {"EnforceWorkGroupConfiguration": True, "ResultConfiguration": results}
    embedded_aws.client("athena").create_work_group(Name="guarded", Configuration=configuration)
    put_json(embedded_aws, "gold", "clicks", b'{"page": "home", "n": 3}\n{"page": "shop", "n": 4}\n')
    put_json(embedded_aws, "bronze", "raw", b'{"page": "secret", "n": 1}\n')
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", "c"]})
    iceberg_catalog.create_table("guarded_gold.orders", rows.schema, "s3://guarded-gold/orders").append(rows)
    return embedded_aws


def put_json(aws: EmbeddedAws, layer: str, name: str, content: bytes) -> None:
    """Make a table over one file of JSON lines."""
    aws.client("s3").put_object(Bucket=f"guarded-{layer}", Key=f"{name}/one.json", Body=content)
    storage = {
        "Location": f"s3://guarded-{layer}/{name}/",
        "Columns": [{"Name": "page", "Type": "string"}, {"Name": "n", "Type": "bigint"}],
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
    }
    table = {
        "Name": name,
        "StorageDescriptor": storage,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "json"},
    }
    aws.client("glue").create_table(DatabaseName=f"guarded_{layer}", TableInput=table)


@pytest.fixture(scope="session")
def asker_with(
    guarded: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> Callable[..., Asker]:
    """Makes somebody who asks under a role of this name, which allows (actions, resources)."""

    def make(name: str, *allowed: Allowed) -> Asker:
        role = make_role(name, f"arn:aws:iam::{ACCOUNT}:root", *allowed)
        return Asker(client_as("athena", role), "guarded", "guarded_gold")

    return make


@pytest.fixture(scope="session")
def analyst(asker_with: Callable[..., Asker]) -> Asker:
    """Somebody with a persona's permissions: reads gold."""
    return asker_with("guarded-analyst", *PERSONA)


@pytest.fixture(scope="session")
def builder(asker_with: Callable[..., Asker]) -> Asker:
    """Somebody who also writes gold's tables, and their files."""
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
    return asker_with(
        "guarded-builder",
        *PERSONA,
        (WRITE_TABLES, GOLD),
        (objects, ["arn:aws:s3:::guarded-gold", "arn:aws:s3:::guarded-gold/*"]),
        (["athena:*PreparedStatement"], [WORKGROUP]),
    )


@pytest.fixture(scope="session")
def root(guarded: EmbeddedAws) -> Asker:
    """The account's root user."""
    return Asker(guarded.client("athena"), "guarded", "guarded_gold")
