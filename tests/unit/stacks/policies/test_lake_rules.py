"""Each rule of the lake, on one resource that keeps it and on one that breaks it."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.policies.lake.checks import RULES, findings

ROOT = {"AWS": "arn:aws:iam::111111111111:root"}
KEY = "arn:aws:kms:eu-west-1:111111111111:key/of-the-lake"


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def _work_group(**changes: Any) -> dict[str, Any]:
    results = {"EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": KEY}}
    good = {
        "EnforceWorkGroupConfiguration": True,
        "BytesScannedCutoffPerQuery": 1024,
        "ResultConfiguration": results,
    }
    return _resource("AWS::Athena::WorkGroup", WorkGroupConfiguration={**good, **changes})


def _iceberg(version: str | None, layer: str = "silver") -> dict[str, Any]:
    properties = json.dumps({"format-version": version} if version else {})
    return _resource(
        "Custom::IcebergTable", Database=f"lake_dev_{layer}_shop", Table="orders", Properties=properties
    )


def _optimizer(kind: str, *, enabled: bool = True) -> dict[str, Any]:
    return _resource(
        "AWS::Glue::TableOptimizer",
        DatabaseName="lake_dev_silver_shop",
        TableName="orders",
        Type=kind,
        TableOptimizerConfiguration={"Enabled": enabled},
    )


def _policy(kind: str, *statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    key = "KeyPolicy" if kind == "AWS::KMS::Key" else "PolicyDocument"
    return _resource(kind, **{key: {"Statement": list(statements)}}, **properties)


def _allow(action: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def _stage(rate: int | None, burst: int | None = 10) -> dict[str, Any]:
    limits = {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
    settings = {"ResourcePath": "/*", "HttpMethod": "*", **{k: v for k, v in limits.items() if v is not None}}
    return _resource("AWS::ApiGateway::Stage", MethodSettings=[settings])


def _grant(principal: str, permissions: list[str], resource: dict[str, Any]) -> dict[str, Any]:
    return _resource(
        "AWS::LakeFormation::PrincipalPermissions",
        Principal={"DataLakePrincipalIdentifier": principal},
        Permissions=permissions,
        Resource=resource,
    )


ROLE = "arn:aws:iam::111111111111:role/lake-dev-analyst"
OPTIMIZERS = [_optimizer(kind) for kind in ("compaction", "retention", "orphan_file_deletion")]
VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
OF_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
MAINTENANCE = _resource("AWS::Glue::Job", Name="lake-dev-shop-maintenance")
TWO_ACCOUNTS = {"AWS": [ROOT["AWS"], "222222222222"]}
SEND = _allow("sqs:SendMessage", Principal="*", Condition=OF_ACCOUNT)
OPEN_TO_ALL = {"CreateTableDefaultPermissions": [{"Permissions": ["ALL"]}]}
NAMED = {"Table": {"Name": "orders"}}
TAGS = {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": [{"TagKey": "layer", "TagValues": ["gold"]}]}}
SETTINGS = "AWS::LakeFormation::DataLakeSettings"

KEPT: list[tuple[str, list[dict[str, Any]]]] = [
    ("AthenaWorkGroup", [_work_group()]),
    ("IcebergFormatVersion", [_iceberg("2")]),
    ("IcebergMaintenance", [_iceberg("2"), *OPTIMIZERS]),
    ("IcebergMaintenance", [_iceberg("2", "quarantine"), MAINTENANCE]),
    ("LogGroup", [_resource("AWS::Logs::LogGroup", RetentionInDays=30, KmsKeyId=KEY)]),
    ("PublicEntryPoint", [_stage(50), _resource("AWS::Lambda::Url", AuthType="AWS_IAM")]),
    ("WildcardAction", [_policy("AWS::IAM::Policy", _allow(["s3:GetObject"]), Roles=["analyst"])]),
    ("WildcardAction", [_policy("AWS::IAM::ManagedPolicy", _allow("*"))]),
    ("OtherAccount", [_policy("AWS::S3::BucketPolicy", _allow("s3:GetObject", Principal=ROOT))]),
    ("OtherAccount", [_policy("AWS::SQS::QueuePolicy", SEND)]),
    ("KeyUse", [_policy("AWS::KMS::Key", _allow("kms:Decrypt", Principal=ROOT, Condition=VIA_S3))]),
    ("LakeFormationSettings", [_resource(SETTINGS, MutationType="APPEND", CreateTableDefaultPermissions=[])]),
    ("LakeFormationEverybody", [_grant(ROLE, ["SELECT"], TAGS)]),
    ("LakeFormationSuper", [_grant(ROLE, ["ALL"], NAMED)]),
    ("LakeFormationSuper", [_grant(ROLE, ["SELECT"], TAGS)]),
]  # fmt: skip

BROKEN: list[tuple[str, list[dict[str, Any]]]] = [
    ("AthenaWorkGroup", [_work_group(EnforceWorkGroupConfiguration=False)]),
    ("AthenaWorkGroup", [_work_group(BytesScannedCutoffPerQuery=None)]),
    ("AthenaWorkGroup", [_work_group(ResultConfiguration={})]),
    ("IcebergFormatVersion", [_iceberg("1"), *OPTIMIZERS]),
    ("IcebergFormatVersion", [_iceberg(None), *OPTIMIZERS]),
    ("IcebergMaintenance", [_iceberg("2"), *OPTIMIZERS[1:]]),
    ("IcebergMaintenance", [_iceberg("2"), *OPTIMIZERS[1:], _optimizer("compaction", enabled=False)]),
    ("IcebergMaintenance", [_iceberg("2"), _resource("AWS::Glue::Job", Name="lake-dev-bank-maintenance")]),
    ("LogGroup", [_resource("AWS::Logs::LogGroup", KmsKeyId=KEY)]),
    ("LogGroup", [_resource("AWS::Logs::LogGroup", RetentionInDays=30)]),
    ("PublicEntryPoint", [_stage(None)]),
    ("PublicEntryPoint", [_stage(-1)]),
    ("PublicEntryPoint", [_resource("AWS::ApiGatewayV2::Stage")]),
    ("PublicEntryPoint", [_resource("AWS::Lambda::Url", AuthType="NONE")]),
    ("WildcardAction", [_policy("AWS::IAM::Policy", _allow("s3:Get*"), Roles=["analyst"])]),
    ("WildcardAction", [_policy("AWS::IAM::ManagedPolicy", _allow("*"), Roles=["analyst"])]),
    ("OtherAccount", [_policy("AWS::S3::BucketPolicy", _allow("s3:GetObject", Principal="*"))]),
    ("OtherAccount", [_policy("AWS::S3::BucketPolicy", _allow("s3:GetObject", Principal=TWO_ACCOUNTS))]),
    ("OtherAccount", [_resource("AWS::Lambda::Permission", Principal="222222222222")]),
    ("KeyUse", [_policy("AWS::KMS::Key", _allow(["kms:Decrypt"], Principal=ROOT))]),
    ("KeyUse", [_policy("AWS::KMS::Key", _allow("kms:*", Principal={"AWS": ROLE}))]),
    ("LakeFormationSettings", [_resource(SETTINGS, Admins=[])]),
    ("LakeFormationSettings", [_resource(SETTINGS, MutationType="APPEND", **OPEN_TO_ALL)]),
    ("LakeFormationEverybody", [_grant("IAM_ALLOWED_PRINCIPALS", ["SELECT"], TAGS)]),
    ("LakeFormationSuper", [_grant(ROLE, ["ALL"], TAGS)]),
    ("LakeFormationSuper", [_grant(ROLE, ["SUPER"], {"Table": {"TableWildcard": {}}})]),
]  # fmt: skip


def _rules(tmp_path: Path, resources: list[dict[str, Any]]) -> set[str]:
    template = tmp_path / "Any.template.json"
    named = {f"Resource{number}": each for number, each in enumerate(resources)}
    template.write_text(json.dumps({"Resources": named}))
    return {each.rule.name for each in findings([template])}


@pytest.mark.parametrize(("rule", "resources"), KEPT)
def test_rule_is_silent_when_it_is_kept(tmp_path: Path, rule: str, resources: list[dict[str, Any]]) -> None:
    assert rule not in _rules(tmp_path, resources)


@pytest.mark.parametrize(("rule", "resources"), BROKEN)
def test_rule_tells_when_it_is_broken(tmp_path: Path, rule: str, resources: list[dict[str, Any]]) -> None:
    assert rule in _rules(tmp_path, resources)


def test_every_rule_is_kept_once_and_broken_once_here() -> None:
    names = {rule.name for rule in RULES}
    assert {rule for rule, _ in KEPT} == names
    assert {rule for rule, _ in BROKEN} == names
