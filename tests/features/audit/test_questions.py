"""Each question finds what somebody did, within a minute of the call, on a lake that runs."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from config.load import ENVIRONMENTS
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import Json, column, source
from tools.lake import audit as command
from tools.lake.main import app
from tools.sql.athena import Asking

pytestmark = pytest.mark.lake

MINUTE = 60.0
ORDERS: Json = source(
    "shop/orders",
    column("weight", "integer", "int"),
    column("email", classification="confidential"),
    ingestion={"mode": "files", "format": "json"},
)
SECTION = """features:
  audit:
    trail: own
    keep_days: 2
    lock: { mode: governance, days: 1 }
    readers: [security_officer]
    regions: []
"""
Ask = Callable[..., Json]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake of one dataset whose files nobody processes, with its trail."""
    folder = tmp_path_factory.mktemp("audited")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    settings = root / ENVIRONMENTS / "local.yaml"
    settings.write_text(re.sub(r"(?ms)^features:.*\Z", SECTION, settings.read_text()))
    with EmbeddedAws(folder / "lake", port=0) as aws:
        made = Shop(root, aws)
        made.write(ORDERS)
        made.deploy()
        yield made


@pytest.fixture(scope="module")
def asking(shop: Shop) -> Asking:
    """The security officer, whose role has no right on the lake's own tables."""
    lake = shop.lake
    client = lake.session_as("security_officer").client("athena")
    return Asking(client, "security_officer", lake.lake, lake.naming)


@pytest.fixture
def ask(shop: Shop, asking: Asking, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks by the command until a row is as wanted; it must be there a minute after the call."""
    monkeypatch.setattr(command, "asking_as", lambda *_: asking)

    def until(wanted: Callable[[Json], bool], *arguments: str) -> Json:
        deadline = time.monotonic() + MINUTE
        while True:
            done = CliRunner().invoke(app, ["audit", *arguments, "--since", "1d", "--json"])
            assert done.exit_code == 0, done.output
            rows = json.loads(done.stdout)["rows"]
            found = next((row for row in rows if wanted(row)), None)
            if found is not None:
                return dict(found)
            assert time.monotonic() < deadline, rows
            time.sleep(1)

    return until


def role(shop: Shop, name: str) -> str:
    return f"arn:aws:iam::{shop.aws.account}:role/{shop.lake.naming.resource(name)}"


def as_role(shop: Shop, name: str, service: str) -> Any:
    return shop.aws.session(**shop.keys(shop.lake.naming.resource(name))).client(service)


def test_questions_are_listed_with_what_they_answer(asking: Asking) -> None:
    assert set(asking.saved("audit: ")) == {
        "reads", "deletes", "keys", "grants", "roles", "denied", "exceptions"
    }  # fmt: skip


def test_who_read_a_table_is_found_by_a_column_of_it(shop: Shop, ask: Ask) -> None:
    database = shop.lake.naming.database("silver", "shop")
    asking = Asking(as_role(shop, "scientist", "athena"), "scientist", shop.lake.lake, shop.lake.naming)
    asking.ask(f'SELECT count(email) FROM "{database}"."orders"')  # noqa: S608 (names of the lake)
    row = ask(lambda each: each["what"] == "table", "reads", "shop.orders.email")
    assert row["who"] == role(shop, "scientist")
    assert row["reads_files_as"].startswith("AWSLF-")


def test_who_deleted_an_object_is_found_one_by_one_and_in_a_batch(shop: Shop, ask: Ask) -> None:
    s3, bucket = shop.aws.client("s3"), shop.lake.naming.bucket("query-results")
    for key in ("audited/one=1.txt", "audited/two=2.txt"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    s3.delete_object(Bucket=bucket, Key="audited/one=1.txt")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "audited/two=2.txt"}]})
    place = f"s3://{bucket}/audited/"
    single = ask(lambda each: each["operation"] == "DeleteObject", "deletes", place)
    assert single["object"] == f"{bucket}/audited/one=1.txt"
    assert single["who"] == f"arn:aws:iam::{shop.aws.account}:root"
    batch = ask(lambda each: each["operation"] == "BATCH.DELETE.OBJECT", "deletes", place)
    assert batch["object"] == f"{bucket}/audited/two=2.txt"
    assert batch["at"][:10] == f"{datetime.now(UTC):%Y-%m-%d}"


def test_who_used_a_key_is_found_by_the_key_and_by_the_bucket_that_it_encrypts(shop: Shop, ask: Ask) -> None:
    naming = shop.lake.naming
    shop.aws.client("s3").put_object(Bucket=naming.bucket("gold"), Key="probe", Body=b"x")
    aliases = shop.aws.client("kms").list_aliases()["Aliases"]
    [key] = [
        each["TargetKeyId"] for each in aliases if each["AliasName"] == f"alias/{naming.resource('gold')}"
    ]
    for subject in (key, naming.bucket("gold")):
        row = ask(lambda each: each["operation"] == "GenerateDataKey", "keys", subject)
        assert row["key"].endswith(f"key/{key}")
        assert row["encrypts"] == f"arn:aws:s3:::{naming.bucket('gold')}"


def test_who_changed_a_grant_is_found(shop: Shop, ask: Ask) -> None:
    shop.aws.client("lakeformation").grant_permissions(
        Principal={"DataLakePrincipalIdentifier": role(shop, "analyst")},
        Resource={"Database": {"Name": shop.lake.naming.database("silver", "shop")}},
        Permissions=["ALTER"],
    )
    row = ask(lambda each: each["operation"] == "GrantPermissions" and "ALTER" in each["request"], "grants")
    assert json.loads(row["request"])["principal"] == {"dataLakePrincipalIdentifier": role(shop, "analyst")}
    shop.aws.client("iam").put_role_policy(
        RoleName=shop.lake.naming.resource("analyst"), PolicyName="more",
        PolicyDocument='{"Version": "2012-10-17", "Statement": []}',
    )  # fmt: skip
    row = ask(lambda each: each["operation"] == "PutRolePolicy", "grants")
    assert json.loads(row["request"])["policyName"] == "more"


def test_who_became_a_role_and_who_was_refused_are_found(shop: Shop, ask: Ask) -> None:
    s3 = as_role(shop, "analyst", "s3")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=shop.lake.naming.bucket("bronze"), Key="shop/orders/secret.json")
    became = ask(lambda each: each["role"] == role(shop, "analyst"), "roles")
    assert became["who"] == f"arn:aws:iam::{shop.aws.account}:root"
    refused = ask(lambda each: each["who"] == role(shop, "analyst"), "denied")
    assert (refused["operation"], refused["error"]) == ("GetObject", "AccessDenied")


def test_who_read_the_key_of_tokens_or_tried_to_break_the_glass_is_found(shop: Shop, ask: Ask) -> None:
    naming = shop.lake.naming
    as_role(shop, "detokenizer", "secretsmanager").get_secret_value(SecretId=naming.token_secret)
    assert ask(lambda each: each["operation"] == "GetSecretValue", "exceptions")["who"] == role(
        shop, "detokenizer"
    )
    assert ask(lambda each: each["what"] == "became a role that may", "exceptions")
    with suppress(ClientError):  # refused or not, it is told
        shop.aws.client("s3").delete_object(Bucket=naming.bucket("bronze"), Key="shop/orders/a.json")
    tried = ask(lambda each: each["operation"] == "DeleteObject", "exceptions")
    assert tried["who"] == f"arn:aws:iam::{shop.aws.account}:root"


def test_files_of_the_trail_are_locked_and_no_other_persona_reads_them(shop: Shop, ask: Ask) -> None:
    s3, bucket = shop.aws.client("s3"), shop.lake.naming.bucket("audit-trail")
    ask(lambda each: True, "roles")
    file = s3.list_object_versions(Bucket=bucket)["Versions"][0]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=file["Key"], VersionId=file["VersionId"])
    for persona in ("analyst", "engineer"):
        with pytest.raises(ClientError, match="AccessDenied"):
            as_role(shop, persona, "s3").get_object(Bucket=bucket, Key=file["Key"])
