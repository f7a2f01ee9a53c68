"""Masked values are nowhere in silver, and tokens are read back by those alone who may."""

import json
import subprocess
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from tests.local.lake.project_copy import copy_project
from tests.local.lake.searching import objects_holding
from tests.local.ops.shop import COMMAND, Shop
from tests.unit.lakehouse.project import Json, column, source

pytestmark = pytest.mark.lake

NEEDLE = "zqx"
"""Is in each value that is to be gone: short enough for the bounds of manifests, which are cut."""


def masked(name: str, value: object) -> Json:
    return column(name, customProperties=[{"property": "lake.masking", "value": value}])


ADDRESS = column(
    "address", "object", properties=[masked("street", "tokenize"), masked("house", "hash"), column("city")]
)
CUSTOMERS = source(
    "shop/customers",
    column("amount", "integer", "int", required=True),
    masked("email", "tokenize"),
    masked("phone", "hash"),
    masked("name", "redact"),
    masked("postcode", {"method": "truncate", "first": 2}),
    masked("trade", {"method": "generalize", "groups": {"food": [f"baker {NEEDLE}"]}, "other": "others"}),
    {**masked("aliases", "tokenize"), "logicalType": "array", "items": {"logicalType": "string"}},
    ADDRESS,
    ingestion={"mode": "files", "format": "json"},
    quality_gate={"maxRejectedRatio": 1},
)
EMAIL = f"{NEEDLE}.ada@example.org"


def customer(key: str, **more: Any) -> Json:
    return {
        "order_id": key, "amount": 1, "email": EMAIL, "phone": f"{NEEDLE}-1", "name": f"Ada {NEEDLE}",
        "postcode": f"10{NEEDLE}", "trade": f"baker {NEEDLE}", "aliases": [EMAIL, None],
        "address": {"street": EMAIL, "house": f"{NEEDLE}-1", "city": "Köln"}, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A lake with two customers who share an address, and a record that was refused."""
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "contracts").mkdir()
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(copy_project(folder / "project", folder / "contracts"), aws)
        shop.write(CUSTOMERS)
        lake = shop.deploy()
        records = [customer("a"), customer("b"), customer("c", amount="none")]
        lake.drop({"shop/customers/1.json": "\n".join(map(json.dumps, records)).encode()})
        lake.run_pipelines(["shop"])
        yield shop


def detokenize(shop: Shop, role: str, *tokens: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command as a role."""
    keys = shop.keys(shop.lake.naming.resource(role))
    return subprocess.run(
        [*COMMAND, "detokenize", *tokens, "--env", "local", "--root", str(shop.root)],
        env={**shop.aws.environment(), **{name.upper(): key for name, key in keys.items()}},
        input=given, capture_output=True, text=True, check=False,
    )  # fmt: skip


def token(shop: Shop) -> str:
    return str(shop.rows(Layer.SILVER, "customers")[0]["email"])


def test_values_are_masked_at_every_depth_and_join(shop: Shop) -> None:
    first, second = shop.rows(Layer.SILVER, "customers")
    told = {name: value for name, value in first.items() if not name.startswith("_")}
    assert told == {
        "order_id": first["order_id"], "amount": 1, "email": token(shop), "phone": first["phone"],
        "name": None, "postcode": "10", "trade": "food", "aliases": [token(shop), None],
        "address": {"street": token(shop), "house": first["phone"], "city": "Köln"},
    }  # fmt: skip
    assert len(first["phone"]) == 64
    assert {first["email"], first["phone"]} == {second["email"], second["phone"]}


def test_no_clear_value_is_in_silver_or_in_what_may_be_read_of_a_rejected_record(shop: Shop) -> None:
    naming = shop.lake.naming
    assert objects_holding(shop.aws, naming.bucket("bronze"), NEEDLE)  # or the search never finds anything
    assert objects_holding(shop.aws, naming.bucket(Layer.SILVER), NEEDLE) == []
    [rejected] = shop.rows(Layer.QUARANTINE, "customers")
    assert NEEDLE in rejected.pop("raw")
    assert NEEDLE not in str(rejected)


def test_detokenizer_reads_values_back_and_no_table(shop: Shop) -> None:
    done = detokenize(shop, "detokenizer", token(shop), token(shop))
    assert (done.stdout.splitlines(), done.stderr, done.returncode) == ([EMAIL, EMAIL], "", 0)
    assert detokenize(shop, "detokenizer", given=f"{token(shop)}\n").stdout == f"{EMAIL}\n"
    told = json.loads(detokenize(shop, "detokenizer", token(shop), "--json").stdout)
    assert told == {token(shop): EMAIL}
    asked = {(each["role"], each["action"]) for each in shop.aws.permissions()["used"]}
    assert (shop.lake.naming.resource("detokenizer"), "secretsmanager:GetSecretValue") in asked
    naming = shop.lake.naming
    session = shop.aws.session(**shop.keys(naming.resource("detokenizer")))
    s3, glue, secrets = (session.client(each) for each in ("s3", "glue", "secretsmanager"))
    for call in (
        partial(s3.list_objects_v2, Bucket=naming.bucket(Layer.SILVER)),
        partial(glue.get_tables, DatabaseName=naming.database(Layer.SILVER, "shop")),
        partial(secrets.get_secret_value, SecretId=naming.masking_secret),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


@pytest.mark.parametrize("role", ["analyst", "scientist", "security_officer", "engineer", "operator"])
def test_nobody_else_reads_a_value_back(shop: Shop, role: str) -> None:
    done = detokenize(shop, role, token(shop))
    assert (done.stdout, done.returncode) == ("", 1)
    assert "secretsmanager:GetSecretValue" in done.stderr.replace("\n", "")
    assert "AccessDenied" in done.stderr


def test_no_value_is_told_when_one_token_is_none_or_was_changed(shop: Shop) -> None:
    changed = token(shop)[:-4] + "AAAA"
    done = detokenize(shop, "detokenizer", token(shop), changed, "zoe@example.org")
    assert (done.stdout, done.returncode) == ("", 1)
    said = " ".join(done.stderr.split())
    assert "token 2: made under another key, or changed since; token 3: no token" in said
    assert "zoe@example.org" not in said
