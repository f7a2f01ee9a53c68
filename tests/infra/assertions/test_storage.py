"""What must hold for every bucket, whatever else changes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match, Template

from config.load import PROJECT_ROOT
from config.settings import Settings
from lakehouse.layout.retention import EXPIRING_MAX, expiries, too_many_expiries
from lakehouse.model.dataset import Lake
from lakehouse.model.service import ServiceLevel
from lakehouse.model.size import BYTES_MAX
from stacks.foundation_stack import FoundationStack
from stacks.storage_stack import StorageStack
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tests.infra.lakes import FILES
from tests.unit.lakehouse.datasets import ORDERS
from tools.assembly.assembly import Assembly
from tools.assembly.policies import Document, resource_policies
from tools.policies.evaluate import Identity, Request, allowed

BUCKET = "AWS::S3::Bucket"
DATA_LAYERS = ("bronze", "silver", "gold", "quarantine")


def _name(bucket: dict[str, Any]) -> str:
    return str(bucket["Properties"]["BucketName"])


def _layers(environment: Environment) -> dict[str, str]:
    """Layers that hold data, by the name of their bucket."""
    return {environment.naming.bucket(layer): layer for layer in DATA_LAYERS}


def test_bucket_is_private_and_versioned(resources: Callable[..., Any]) -> None:
    for where, bucket in resources(BUCKET):
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, where
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, where
        assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}], where


def test_bucket_policy_denies_plain_http(resources: Callable[..., Any]) -> None:
    protected = set()
    for _, policy in resources("AWS::S3::BucketPolicy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement.get("Condition", {}).get("Bool") == {"aws:SecureTransport": "false"}:
                assert statement["Effect"] == "Deny"
                assert statement["Principal"] == {"AWS": "*"}
                protected.add(policy["Properties"]["Bucket"]["Ref"])
    assert protected == {where.split("/")[1] for where, _ in resources(BUCKET)}


def test_bucket_encrypts_with_the_key_of_its_layer_unless_it_takes_access_logs(
    environment: Environment,
    resources: Callable[..., Any],
) -> None:
    keys = {}
    for where, bucket in resources(BUCKET):
        if not where.startswith(("Foundation/", "Storage/")):
            continue  # of a feature
        [rule] = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        encryption = rule["ServerSideEncryptionByDefault"]
        if "-access-logs-" in _name(bucket):
            assert encryption == {"SSEAlgorithm": "AES256"}, where
            assert "LoggingConfiguration" not in bucket["Properties"], where
            continue
        assert rule["BucketKeyEnabled"] is True, where
        assert bucket["Properties"]["LoggingConfiguration"]["LogFilePrefix"] == "requests/", where
        keys[_name(bucket)] = str(encryption["KMSMasterKeyID"])
    assert len({keys[name] for name in _layers(environment)}) == len(DATA_LAYERS)


def test_data_layer_never_expires_current_objects_but_those_of_contracts_that_say_so(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    layers = _layers(environment)
    expired = {}
    seen = set()
    for _, bucket in resources(BUCKET):
        if layer := layers.get(_name(bucket)):
            seen.add(layer)
            for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]:
                assert "ExpirationDate" not in rule
                if "ExpirationInDays" in rule:
                    expired[layer, rule["Prefix"]] = rule["ExpirationInDays"]
    assert seen == set(DATA_LAYERS)
    unrouted = environment.settings.storage.unrouted_expiry_days
    promised = {("bronze", prefix): days for prefix, days in expiries(environment.lake).items()}
    assert expired == promised | ({("quarantine", "unrouted/"): unrouted} if unrouted else {})


def test_object_expires_after_as_many_days_as_its_contract_keeps_it() -> None:
    assert expiries(TRIAL.lake) == {
        "_errors/shared/plant/": 365,
        "_errors/shop/orders/": 7 * 365,
        "power_plant/alerts/": 365,
        "power_plant/pings/": 365,
        "shop/orders/": 7 * 365,
    }


def test_bucket_takes_as_many_rules_as_contracts_may_ask_for() -> None:
    promise = ServiceLevel(retention_days=30)
    datasets = tuple(
        replace(ORDERS, name=f"d{number}", ingestion=FILES, service=promise, part=1 + number // 40)
        for number in range(EXPIRING_MAX)
    )
    assert list(too_many_expiries(Lake(datasets))) == []
    [fault] = too_many_expiries(Lake((*datasets, replace(datasets[0], name="one_more"))))
    assert "999 prefixes" in str(fault)
    template = Template.from_stack(_storage(TRIAL.settings, expiries(Lake(datasets)))).to_json()
    [bronze] = [
        each
        for each in template["Resources"].values()
        if each["Type"] == BUCKET and "-bronze-" in each["Properties"]["BucketName"]
    ]
    assert len(bronze["Properties"]["LifecycleConfiguration"]["Rules"]) == 1000
    assert len(json.dumps(template)) < BYTES_MAX


@pytest.mark.parametrize(("lock_days", "warnings"), [(None, 0), (30, 0), (31, 1)])
def test_lock_that_outlasts_a_retention_is_told(lock_days: int | None, warnings: int) -> None:
    storage = TRIAL.settings.storage.model_copy(update={"object_lock_days": lock_days})
    stack = _storage(TRIAL.settings.model_copy(update={"storage": storage}), {"shop/orders/": 30})
    told = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("shop/orders/: retent"))
    assert len(told) == warnings


def _storage(settings: Settings, expiring: Mapping[str, int]) -> StorageStack:
    app = cdk.App(context=json.loads((PROJECT_ROOT / "cdk.json").read_text())["context"])
    foundation = FoundationStack(app, "Foundation", settings=settings).resources
    return StorageStack(app, "Storage", settings=settings, foundation=foundation, expiries=expiring)


def test_bronze_refuses_deletion_by_anybody_but_who_breaks_the_glass_or_erases(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    denials = [
        statement
        for where, policy in resources("AWS::S3::BucketPolicy")
        if "Bronze" in where
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "NobodyDeletes"
    ]
    [denial] = denials
    assert denial["Effect"] == "Deny"
    assert denial["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert denial["Principal"] == {"AWS": "*"}
    people = environment.settings.people
    excepted = denial.get("Condition", {}).get("ArnNotLike", {}).get("aws:PrincipalArn", [])
    assert bool(excepted) is bool(people.break_glass or people.erasers)
    eraser = f":role/{environment.naming.resource('eraser')}"
    assert any(str(arn).endswith(eraser) for arn in excepted) is bool(people.erasers)


def _policies(assembly: Assembly) -> dict[str, Document]:
    """Policies of the data buckets, by the ARN of the bucket."""
    policies = resource_policies(assembly)
    return {
        bucket.arn: policies[bucket.arn].document
        for bucket in assembly.of("AWS::S3::Bucket")
        if bucket.stack.id == "Storage"
    }


def _may(policy: Document, action: str, resource: str, keys: dict[str, str], role: str = "any") -> bool:
    """Whether a policy lets a role that may do everything by itself do this."""
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    account = LIVE.settings.account
    caller = Identity(f"arn:aws:iam::{account}:role/{role}", (everything,))
    sent = {"s3:TlsVersion": "1.3", **keys}
    return allowed(Request(action, resource, caller, sent, policy)).allowed


def _key(policy: Document) -> str:
    [statement] = [each for each in policy["Statement"] if each.get("Sid") == "OtherKey"]
    return str(statement["Condition"]["StringNotEquals"]["s3:x-amz-server-side-encryption-aws-kms-key-id"])


ENCRYPTION = "s3:x-amz-server-side-encryption"


def test_object_is_refused_when_its_header_asks_for_another_encryption_or_key(assembly: Assembly) -> None:
    policies = _policies(assembly)
    assert len(policies) == 6
    for bucket, policy in policies.items():
        own = {ENCRYPTION: "aws:kms", f"{ENCRYPTION}-aws-kms-key-id": _key(policy)}
        for headers, taken in (
            ({}, True),
            (own, True),
            ({ENCRYPTION: "aws:kms"}, False),
            ({ENCRYPTION: "AES256"}, False),
            ({**own, ENCRYPTION: "aws:kms:dsse"}, False),
            ({**own, f"{ENCRYPTION}-aws-kms-key-id": "arn:aws:kms:eu-west-1:123456789012:key/theirs"}, False),
            ({f"{ENCRYPTION}-customer-algorithm": "AES256"}, False),
        ):
            may = _may(policy, "s3:PutObject", f"{bucket}/any/object", headers)
            assert may is taken, (bucket, headers)


@pytest.mark.parametrize("break_glass", [(), ("role/BreakGlass",)])
def test_bronze_is_deleted_from_and_opened_by_break_glass_alone(
    build_app: Callable[..., cdk.App], break_glass: tuple[str, ...]
) -> None:
    people = LIVE.settings.people.model_copy(update={"break_glass": break_glass})
    app = build_app(LIVE, settings=LIVE.settings.model_copy(update={"people": people}))
    assembly = Assembly.of_folder(Path(app.synth().directory))
    account, region = LIVE.settings.account, LIVE.settings.region
    bucket = f"arn:aws:s3:::{LIVE.naming.bucket('bronze')}"
    policy = _policies(assembly)[bucket]
    deployment = f"cdk-hnb659fds-cfn-exec-role-{account}-{region}"
    for role, may_delete, may_open in (
        ("BreakGlass", bool(break_glass), bool(break_glass)),
        (deployment, False, True),
        ("administrator", False, False),
        (LIVE.naming.resource("operator"), False, False),
    ):
        for action in ("s3:DeleteObject", "s3:DeleteObjectVersion"):
            assert _may(policy, action, f"{bucket}/shop/orders/x", {}, role) is may_delete, role
        for action in ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration"):
            assert _may(policy, action, bucket, {}, role) is may_open, role
