"""A table is read in another account as far as it is shared, and no longer than it is."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import awswrangler as wr
import pytest
from awswrangler.exceptions import QueryFailed
from botocore.exceptions import ClientError

from config.load import ENVIRONMENTS, load_settings
from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from local.lake.tables import open_table
from tests.local.lake.project_copy import NAME, copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import column, source

pytestmark = pytest.mark.lake

OWNER, READER = "000000000000", "111122223333"
DATABASE = f"{NAME}_local_silver_shop"
READING = ("Foundation", "Storage", "Governance", "Analytics")
"""Stacks of the account that reads: it has no datasets of its own."""
FILES = {"mode": "files", "format": "json"}
COLUMNS = (column("region"), column("secret"))
ROWS = [
    {"order_id": "o1", "region": "EU", "secret": "a"},
    {"order_id": "o2", "region": "US", "secret": "b"},
]
SHARES = """
  sharing:
    shares:
      - {{ environment: partner, account: "111122223333", persona: {persona}, datasets: [shop/orders] }}
    reads: []
"""
READS = """
  sharing:
    shares: []
    reads:
      - environment: local
        account: "000000000000"
        persona: {persona}
        datasets: [shop/orders]
        personas: [{persona}]
"""


@dataclass
class Accounts:
    """The lake that shares, the one that reads, and the persona who does."""

    owner: Shop
    reader: Shop
    persona: str

    def agree(self, *, shares: bool, reads: bool) -> None:
        """Write what the settings of the two say."""
        for name, text, on in (("local", SHARES, shares), ("partner", READS, reads)):
            path = self.owner.root / ENVIRONMENTS / f"{name}.yaml"
            rest = re.sub(r"(?ms)^features:.*\Z", "", path.read_text())
            path.write_text(
                rest + (f"features:{text.format(persona=self.persona)}" if on else "features: {}\n")
            )

    def accept(self) -> dict[str, Any]:
        """Accept the invitation that waits in the account that reads."""
        ram = self.reader.aws.client("ram")
        found = ram.get_resource_share_invitations()["resourceShareInvitations"]
        [waiting] = [each for each in found if each["status"] == "PENDING"]
        ram.accept_resource_share_invitation(resourceShareInvitationArn=waiting["resourceShareInvitationArn"])
        return dict(waiting)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Ask Athena as the persona of the account that reads."""
        answer = wr.athena.read_sql_query(
            sql,
            database=DATABASE,
            workgroup=self.reader.lake.naming.resource(self.persona),
            ctas_approach=False,
            boto3_session=self.reader.lake.session_as(self.persona),
        )
        return list(answer.to_dict("records"))


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    """A lake with two tables, and another one in another account, before anything is shared."""
    folder = tmp_path_factory.mktemp("sharing")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    local = root / ENVIRONMENTS / "local.yaml"
    partner = local.read_text().replace("environment: local", "environment: partner")
    (root / ENVIRONMENTS / "partner.yaml").write_text(partner.replace(OWNER, READER))
    with EmbeddedAws(folder / "lake", port=0) as aws:
        owner = Shop(root, aws)
        # Any will do: contracts alone say what it reads here.
        persona = next(iter(load_settings("local", root).people.personas))
        made = Accounts(owner, Shop(root, aws.of_account(READER), "partner"), persona)
        made.agree(shares=False, reads=False)
        narrowed = {"lake.columns": ["order_id", "region"], "lake.rows": "region = 'EU'"}
        said = [{"property": name, "value": value} for name, value in narrowed.items()]
        roles = [{"role": made.persona, "customProperties": said}]
        owner.write(
            {**source("shop/orders", *COLUMNS, ingestion=FILES), "roles": roles},
            {**source("shop/refunds", *COLUMNS, ingestion=FILES), "roles": roles},
        )
        lake = owner.deploy()
        lines = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)
        lake.drop({"shop/orders/a.json": lines, "shop/refunds/a.json": lines})
        lake.run_pipelines(["shop"])
        yield made


def test_table_is_read_in_the_other_account_until_it_is_not_shared(accounts: Accounts) -> None:
    owner, reader = accounts.owner, accounts.reader
    accounts.agree(shares=True, reads=True)
    owner.deploy("DomainShop")
    invitation = accounts.accept()
    assert (invitation["senderAccountId"], invitation["receiverAccountId"]) == (OWNER, READER)
    reader.deploy(*READING)

    assert accounts.ask("SELECT * FROM orders") == [{"order_id": "o1", "region": "EU"}]
    assert accounts.ask("SELECT count(*) AS n FROM orders") == [{"n": 1}]
    assert_nothing_else_is_read(accounts)

    accounts.agree(shares=False, reads=False)
    owner.deploy("DomainShop")
    with pytest.raises(QueryFailed, match="Required Describe on orders"):
        accounts.ask("SELECT * FROM orders")
    ram = reader.aws.client("ram")
    assert ram.get_resource_share_invitations()["resourceShareInvitations"] == []
    reader.deploy("Governance")
    with pytest.raises(ClientError, match="EntityNotFound"):
        reader.aws.client("glue").get_table(DatabaseName=DATABASE, Name="orders")

    accounts.agree(shares=True, reads=True)
    owner.deploy("DomainShop")
    accounts.accept()
    reader.deploy("Governance")
    assert accounts.ask("SELECT * FROM orders") == [{"order_id": "o1", "region": "EU"}]


def assert_nothing_else_is_read(accounts: Accounts) -> None:
    with pytest.raises(QueryFailed, match="secret"):
        accounts.ask("SELECT secret FROM orders")
    with pytest.raises(QueryFailed, match="not authorized to perform: glue:GetTable"):
        accounts.ask("SELECT * FROM refunds")
    for name in ("orders", "refunds"):
        place = open_table(accounts.owner.aws, DATABASE, name).metadata_location
        bucket, _, key = place.removeprefix("s3://").partition("/")
        analyst = accounts.reader.lake.session_as(accounts.persona)
        for session in (analyst, accounts.reader.aws.session()):
            with pytest.raises(ClientError, match="AccessDenied"):
                session.client("s3").get_object(Bucket=bucket, Key=key)
    key_arn = accounts.owner.aws.client("kms").describe_key(
        KeyId=f"alias/{accounts.owner.lake.naming.resource(Layer.SILVER)}"
    )["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match="AccessDenied"):
        analyst.client("kms").generate_data_key(KeyId=key_arn, KeySpec="AES_256")
    lakeformation = accounts.reader.aws.client("lakeformation")
    role = f"arn:aws:iam::{READER}:role/{accounts.reader.lake.naming.resource(accounts.persona)}"
    for name in ("orders", "refunds"):
        whole = {"Table": {"CatalogId": OWNER, "DatabaseName": DATABASE, "Name": name}}
        with pytest.raises(ClientError, match="AccessDenied"):
            lakeformation.grant_permissions(
                Principal={"DataLakePrincipalIdentifier": role}, Resource=whole, Permissions=["SELECT"]
            )
