"""Roles hold no more than is needed: one action less, and the run fails with the denial that names it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.lake import LakeError, LocalLake

pytestmark = pytest.mark.lake


@contextmanager
def _without(lake: LocalLake, role_part: str, action: str) -> Iterator[str]:
    """Take one action out of a role's policy for the duration of the block."""
    iam = lake.aws.client("iam")
    roles = [
        role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]
    ]
    [role] = [name for name in roles if role_part in name]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    reduced = json.loads(json.dumps(document))
    for statement in reduced["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [name for name in actions if name != action]
    reduced["Statement"] = [statement for statement in reduced["Statement"] if statement["Action"]]
    assert reduced != document, f"{role} has no {action}"
    _put(iam, role, policy, reduced)
    try:
        yield role
    finally:
        _put(iam, role, policy, document)


def _put(iam: Any, role: str, policy: str, document: dict[str, Any]) -> None:
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def test_silver_job_fails_with_the_denial_when_it_may_not_commit(proven) -> None:
    lake = proven.lake
    [clicks] = [dataset for dataset in lake.sources if dataset.id == "cafe/menu_clicks"]
    click = {
        "event_id": "least-privilege", "session_id": "s", "occurred_at": "2026-01-01T00:00:00Z",
        "page": "/menu", "menu_item": "espresso", "category": "coffee", "action": "view",
        "price": "2.50", "device": "mobile",
    }  # fmt: skip
    lake.stream(clicks, [json.dumps(click).encode()])
    with (
        _without(lake, "DomainCafe-BronzeToSilver", "glue:UpdateTable") as role,
        pytest.raises(LakeError, match="glue:UpdateTable") as failure,
    ):
        lake.run_pipelines(["cafe"])
    assert "AccessDenied" in str(failure.value)
    assert role in str(failure.value)
    lake.run_pipelines(["cafe"])


def test_router_fails_with_the_denial_when_it_may_not_write_bronze(proven) -> None:
    lake = proven.lake
    s3, landing = lake.aws.client("s3"), lake.naming.bucket("landing")
    key = "flights/airlines/least-privilege.csv"
    with _without(lake, "LandingRouter", "s3:PutObject"):
        version = s3.put_object(Bucket=landing, Key=key, Body=b"carrier,name\nZZ,Test\n")["VersionId"]
        event = {
            "version": "0", "id": "x", "source": "aws.s3", "detail-type": "Object Created",
            "account": lake.aws.account, "region": lake.aws.region, "time": "2026-01-01T00:00:00Z",
            "detail": {
                "bucket": {"name": landing},
                "object": {"key": key, "size": 21, "etag": "x", "version-id": version, "sequencer": "1"},
            },
        }  # fmt: skip
        message = {
            "messageId": "1", "receiptHandle": "1", "body": json.dumps(event), "attributes": {},
            "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:::q",
            "awsRegion": lake.aws.region, "md5OfBody": "x",
        }  # fmt: skip
        answer = lake.aws.client("lambda").invoke(
            FunctionName=lake.naming.resource("landing_router"),
            Payload=json.dumps({"Records": [message]}).encode(),
        )
        failure = answer["Payload"].read().decode()
    assert answer["FunctionError"]
    assert "AccessDenied" in failure
    assert "s3:PutObject" in failure
    assert s3.head_object(Bucket=landing, Key=key, VersionId=version)["ContentLength"] == 21


def test_analyst_reads_gold_and_nothing_below(proven) -> None:
    lake = proven.lake
    session = lake.session_as("analyst").client("glue")
    gold = session.get_tables(DatabaseName=lake.naming.database("gold", "sales"))["TableList"]
    assert sorted(table["Name"] for table in gold) == ["daily_sales", "quality_results"]
    for layer in ("bronze", "silver", "quarantine"):
        with pytest.raises(session.exceptions.ClientError, match="AccessDenied"):
            session.get_tables(DatabaseName=lake.naming.database(layer, "sales"))
