"""What the feature deploys, and whom it lets do what."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from lakehouse.model.dataset import Layer
from lakehouse.model.fields import Checks, Field, Scalar
from stacks.features.security_findings.conformance import RULES
from stacks.features.security_findings.findings_table import database
from stacks.features.security_findings.macie_session import macie_regex
from stacks.features.security_findings.settings import SecurityFindingsSettings
from stacks.policies.lake.rules import listed
from tests.fixtures.environments import TRIAL, example_of
from tools.assembly.assembly import Assembly
from tools.assembly.policies import Role, resource_policies, roles

SECTION = cast("SecurityFindingsSettings", example_of("security_findings"))
NAMING = TRIAL.naming
ONCE = (
    "AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel", "AWS::Detective::Graph",
    "AWS::GuardDuty::Detector", "AWS::Macie::Session", "AWS::SecurityHub::Hub",
)  # fmt: skip
"""Types of what an account has once."""


@pytest.fixture(scope="module")
def assembly(assemble: Callable[..., Path]) -> Assembly:
    return Assembly.of_folder(assemble(replace(TRIAL, features=("security_findings",))))


@pytest.fixture(scope="module")
def role(assembly: Assembly) -> Role:
    """The role as which EventBridge hands findings over."""
    arns = {
        target["RoleArn"]
        for rule in assembly.of("AWS::Events::Rule")
        for target in rule.properties["Targets"]
        if "-finding-" in rule.properties["Name"]
    }
    [arn] = arns
    return roles(assembly)[arn]


def test_each_rule_hands_every_finding_to_the_table_and_what_is_told_to_its_topic(assembly: Assembly) -> None:
    account = f"{TRIAL.settings.region}:{TRIAL.settings.account}"
    topics = {
        "page": [f"arn:aws:sns:{account}:{NAMING.resource('alarms')}"],
        "mail": [f"arn:aws:sns:{account}:{NAMING.resource('findings')}"],
        "keep": [],
    }
    rules = [each for each in assembly.of("AWS::Events::Rule") if "-finding-" in each.properties["Name"]]
    assert len(rules) == 8  # five severities of Security Hub, and three of Macie
    for rule in rules:
        severity = rule.properties["Name"].rpartition("-")[2]
        told = [target["Arn"] for target in rule.properties["Targets"] if target["Id"] == "Topic"]
        assert told == topics[getattr(SECTION.routing, severity)]
        [table] = [each for each in rule.properties["Targets"] if each["Id"] == "Table"]
        row = table["InputTransformer"]["InputTemplate"]
        assert f'"severity": "{severity.upper()}"' in row
        assert {target["DeadLetterConfig"]["Arn"] for target in rule.properties["Targets"]} == {
            f"arn:aws:sqs:{account}:{NAMING.resource('undelivered-events')}"
        }


def test_eventbridge_may_tell_and_keep_findings_and_nothing_else(assembly: Assembly, role: Role) -> None:
    statements = [each for policy in role.policies for each in policy["Statement"]]
    assert {action for each in statements for action in listed(each["Action"])} == {
        "firehose:PutRecord", "firehose:PutRecordBatch", "kms:Decrypt", "kms:GenerateDataKey", "sns:Publish",
    }  # fmt: skip
    assert not [each for each in statements if "*" in json.dumps(each["Resource"])]
    for topic in assembly.of("AWS::SNS::TopicPolicy"):
        services = [each.get("Principal", {}) for each in topic.properties["PolicyDocument"]["Statement"]]
        assert {"Service": "events.amazonaws.com"} not in services


def test_only_readers_of_the_settings_are_granted_the_table(assembly: Assembly) -> None:
    grants = [
        each.properties
        for each in assembly.of("AWS::LakeFormation::PrincipalPermissions")
        if database(NAMING) in json.dumps(each.properties["Resource"])
    ]
    reader = f"arn:aws:iam::{TRIAL.settings.account}:role/{NAMING.resource('security_officer')}"
    assert {each["Principal"]["DataLakePrincipalIdentifier"] for each in grants} == {reader}
    assert {right for each in grants for right in each["Permissions"]} == {"DESCRIBE", "SELECT"}
    governed = [
        each.properties["Governed"]
        for each in assembly.of("Custom::GovernedTables")
        if database(NAMING) in each.properties["Governed"]
    ]
    assert [json.loads(each) for each in governed] == [
        [{"Database": database(NAMING)}, {"Database": database(NAMING), "Table": "findings"}]
    ]


def test_findings_expire(assembly: Assembly) -> None:
    bucket = assembly.named("AWS::S3::Bucket", NAMING.bucket(Layer.SILVER))
    assert bucket is not None
    [rule] = [
        each
        for each in bucket.properties["LifecycleConfiguration"]["Rules"]
        if each.get("Prefix") == "security_findings/"
    ]
    assert rule["ExpirationInDays"] == SECTION.keep_days


@pytest.mark.parametrize("layer", list(Layer))
def test_macie_decrypts_the_layers_of_the_settings_alone(assembly: Assembly, layer: Layer) -> None:
    account, region = TRIAL.settings.account, TRIAL.settings.region
    caller = f"arn:aws:iam::{account}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"
    bucket = assembly.named("AWS::S3::Bucket", NAMING.bucket(layer))
    assert bucket is not None
    assert SECTION.macie is not None
    [encryption] = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    key = encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    sids = {each.get("Sid") for each in resource_policies(assembly)[key].document["Statement"]}
    assert ("MacieReads" in sids) == (layer in SECTION.macie.layers)
    if layer in SECTION.macie.layers:
        [statement] = [
            each
            for each in resource_policies(assembly)[key].document["Statement"]
            if each.get("Sid") == "MacieReads"
        ]
        assert statement["Action"] == "kms:Decrypt"
        assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": caller}
        assert statement["Condition"]["StringEquals"] == {
            "kms:CallerAccount": account,
            "kms:ViaService": f"s3.{region}.amazonaws.com",
        }


def test_services_that_the_account_has_are_left_alone(
    build_app: Callable[..., Any], assembly: Assembly
) -> None:
    assert {kind for kind in ONCE if list(assembly.of(kind))} == set(ONCE)
    there = {
        name: getattr(SECTION, name).model_copy(update={"existing": True})
        for name in ("guardduty", "security_hub", "detective", "macie", "config")
    }
    features = TRIAL.settings.features.model_copy(
        update={"security_findings": SECTION.model_copy(update=there)}
    )
    app = build_app(TRIAL, settings=TRIAL.settings.model_copy(update={"features": features}))
    found = Assembly.of_folder(Path(app.synth().directory))
    assert [kind for kind in (*ONCE, "AWS::SecurityHub::Standard") if list(found.of(kind))] == []
    assert list(found.of("AWS::Config::ConformancePack"))
    logs = found.named("AWS::S3::Bucket", NAMING.bucket("access-logs"))
    assert logs is not None
    assert "ConfigWrites" not in json.dumps(resource_policies(found)[f"arn:aws:s3:::{logs.name}"].document)


def test_pack_asks_for_what_the_lake_promises_of_what_has_its_tag(assembly: Assembly) -> None:
    [pack] = assembly.of("AWS::Config::ConformancePack")
    rules = json.loads(pack.properties["TemplateBody"])["Resources"]
    assert {each["Properties"]["Source"]["SourceIdentifier"] for each in rules.values()} == set(
        RULES.values()
    )
    tags = {tuple(each["Properties"]["Scope"].values()) for each in rules.values()}
    assert tags == {("lake", NAMING.prefix)}


@pytest.mark.parametrize(
    ("pattern", "regex"),
    [
        ("^C-[0-9]{6}$", "C-[0-9]{6}"),
        (r"^[A-Z]+\$", r"[A-Z]+\$"),
        ("[a-z]+", "[a-z]+"),
        ("^$", None),
        ("^(?:a|b)$", None),
        (r"^\bword$", None),
        (f"^{'a' * 513}$", None),
        (None, None),
    ],
)
def test_pattern_of_a_contract_becomes_what_macie_finds_in_a_line(
    pattern: str | None, regex: str | None
) -> None:
    field = Field("customer_id", Scalar.STRING, False, "Id.", checks=Checks(pattern=pattern))
    assert macie_regex(field) == regex


def test_column_without_a_word_to_go_by_is_not_looked_for() -> None:
    assert macie_regex(Field("id", Scalar.STRING, False, "Id.", checks=Checks(pattern="^[0-9]{9}$"))) is None
