"""Dangerous changes of real templates are found as what they are, and harmless ones are not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lakehouse.model.dataset import Lake
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tests.infra.lakes import FILES
from tests.infra.upgrade.conftest import Plant, Templates
from tests.unit.lakehouse.datasets import ORDERS
from tools.upgrade.classify import classify
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind

Json = dict[str, Any]


def _of(templates: Templates, kind: str, stack: str = "") -> Iterator[tuple[str, Json]]:
    """Resources of a type by their place, in the order of places."""
    for name, template in sorted(templates.items()):
        if name.startswith(stack):
            for logical_id in sorted(template["Resources"]):
                if template["Resources"][logical_id]["Type"] == kind:
                    yield f"{name}/{logical_id}", template["Resources"][logical_id]


def _first(templates: Templates, kind: str, stack: str = "", having: str = "") -> Json:
    return next(each for place, each in _of(templates, kind, stack) if having in place)


def rename_a_stream(templates: Templates) -> None:
    _first(templates, "AWS::Kinesis::Stream")["Properties"]["Name"] += "-v2"


def move_the_table_of_a_dataset(templates: Templates) -> None:
    _first(templates, "Custom::IcebergTable", "DomainShop", "Silver")["Properties"]["Table"] = "orders_v2"


def call_a_bucket_otherwise_in_code(templates: Templates) -> None:
    """Another logical id: CloudFormation sees one bucket go and another come."""
    found = templates["Storage"]["Resources"]
    place = next(place for place, _ in _of(templates, "AWS::S3::Bucket", "Storage"))
    found["Renamed"] = found.pop(place.partition("/")[2])


def let_a_key_go_with_its_stack(templates: Templates) -> None:
    _first(templates, "AWS::KMS::Key")["DeletionPolicy"] = "Delete"


def expire_what_lies_in_bronze(templates: Templates) -> None:
    bucket = _first(templates, "AWS::S3::Bucket", "Storage", "Bronze")
    rules = bucket["Properties"].setdefault("LifecycleConfiguration", {}).setdefault("Rules", [])
    rules.append({"Status": "Enabled", "ExpirationInDays": 30})


def let_a_job_delete_from_bronze(templates: Templates) -> None:
    policy = _first(templates, "AWS::IAM::Policy", "DomainShop", "BronzeToSilver")["Properties"]
    bronze = next(each for _, each in _of(templates, "AWS::S3::Bucket") if "bronze" in str(each))
    arn = f"arn:aws:s3:::{bronze['Properties']['BucketName']}/shop/*"
    statement = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": arn}
    policy["PolicyDocument"]["Statement"].append(statement)


def let_anybody_of_the_account_assume_a_role(templates: Templates) -> None:
    role = _first(templates, "AWS::IAM::Role", "DomainShop", "BronzeToSilver")["Properties"]
    root = f"arn:aws:iam::{TRIAL.settings.account}:root"
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": root}}
    role["AssumeRolePolicyDocument"]["Statement"].append(statement)


def drop_the_condition_of_a_key(templates: Templates) -> None:
    for _, key in _of(templates, "AWS::KMS::Key"):
        for statement in key["Properties"]["KeyPolicy"]["Statement"]:
            if statement["Effect"] == "Allow" and statement.pop("Condition", None):
                return
    raise AssertionError("no key has a condition")


def stop_denying_deletes_in_bronze(templates: Templates) -> None:
    policy = _first(templates, "AWS::S3::BucketPolicy", "Storage", "Bronze")["Properties"]["PolicyDocument"]
    kept = [each for each in policy["Statement"] if "s3:DeleteObject" not in str(each["Action"])]
    assert len(kept) < len(policy["Statement"])
    policy["Statement"] = kept


def open_a_bucket(templates: Templates) -> None:
    bucket = _first(templates, "AWS::S3::Bucket", "Storage", "Gold")
    bucket["Properties"]["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] = False


def add_a_door_to_the_internet(templates: Templates) -> None:
    properties = {"AuthType": "NONE", "TargetFunctionArn": "arn:aws:lambda:eu-north-1:1:function:f"}
    templates["Ingestion"]["Resources"]["Url"] = {"Type": "AWS::Lambda::Url", "Properties": properties}


def read_silver_as_an_analyst(templates: Templates) -> None:
    for _, grant in _of(templates, "AWS::LakeFormation::PrincipalPermissions", "Governance"):
        for tag in grant["Properties"]["Resource"].get("LFTagPolicy", {}).get("Expression", []):
            if tag["TagKey"].endswith("-layer") and tag["TagValues"] == ["gold"]:
                tag["TagValues"].append("silver")


def add_a_user(templates: Templates) -> None:
    templates["Governance"]["Resources"]["Somebody"] = {"Type": "AWS::IAM::User", "Properties": {}}


DANGEROUS: list[tuple[Plant, Kind, str]] = [
    (rename_a_stream, Kind.REPLACED, "AWS::Kinesis::Stream: Name"),
    (move_the_table_of_a_dataset, Kind.REPLACED, "Custom::IcebergTable: Table"),
    (call_a_bucket_otherwise_in_code, Kind.DELETED, "AWS::S3::Bucket"),
    (let_a_key_go_with_its_stack, Kind.UNPROTECTED, "DeletionPolicy RetainExceptOnCreate → Delete"),
    (expire_what_lies_in_bronze, Kind.UNPROTECTED, "objects below its root go after 30 days"),
    (let_a_job_delete_from_bronze, Kind.RIGHTS, "allows s3:DeleteObject on arn:aws:s3:::"),
    (let_anybody_of_the_account_assume_a_role, Kind.RIGHTS, "allows sts:AssumeRole on * to assumed by AWS"),
    (drop_the_condition_of_a_key, Kind.RIGHTS, "allows kms:"),
    (stop_denying_deletes_in_bronze, Kind.RIGHTS, "no longer denies"),
    (open_a_bucket, Kind.PUBLIC, "BlockPublicPolicy is off"),
    (add_a_door_to_the_internet, Kind.PUBLIC, "a door to the internet: AWS::Lambda::Url"),
    (read_silver_as_an_analyst, Kind.RIGHTS, "reads "),
    (add_a_user, Kind.RIGHTS, "a new AWS::IAM::User"),
]


@pytest.mark.parametrize(("plant", "kind", "what"), DANGEROUS, ids=[each[0].__name__ for each in DANGEROUS])
def test_dangerous_change_is_found_as_what_it_is(
    deployed: Deployment, planted: Callable[[Plant], Path], plant: Plant, kind: Kind, what: str
) -> None:
    found = _dangers(deployed, planted(plant))
    assert [each for each in found if each.kind is kind and each.what.startswith(what)], found


def raise_the_memory_of_a_function(templates: Templates) -> None:
    _first(templates, "AWS::Lambda::Function", "Ingestion")["Properties"]["MemorySize"] = 3008


def ship_other_code(templates: Templates) -> None:
    for _, each in _of(templates, "AWS::Lambda::Function"):
        each["Properties"]["Code"]["S3Key"] = f"{'0' * 64}.zip"
    for _, each in _of(templates, "AWS::Lambda::LayerVersion"):
        each["Properties"]["Content"]["S3Key"] = f"{'1' * 64}.zip"


def write_the_statements_of_a_policy_in_another_order(templates: Templates) -> None:
    for _, policy in _of(templates, "AWS::IAM::Policy"):
        policy["Properties"]["PolicyDocument"]["Statement"].reverse()


def write_one_statement_as_many(templates: Templates) -> None:
    for _, policy in _of(templates, "AWS::IAM::Policy"):
        document = policy["Properties"]["PolicyDocument"]
        document["Statement"] = [
            {**statement, "Action": action}
            for statement in document["Statement"]
            for action in (
                [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            )
        ]


def narrow_a_right(templates: Templates) -> None:
    statement = _first(templates, "AWS::IAM::Policy", "DomainShop", "BronzeToSilver")["Properties"][
        "PolicyDocument"
    ]["Statement"][0]
    statement["Condition"] = {"StringEquals": {"aws:ResourceAccount": TRIAL.settings.account}}


def keep_logs_for_longer(templates: Templates) -> None:
    for _, each in _of(templates, "AWS::Logs::LogGroup"):
        each["Properties"]["RetentionInDays"] = 3653


def tag_a_bucket(templates: Templates) -> None:
    _first(templates, "AWS::S3::Bucket")["Properties"].setdefault("Tags", []).append(
        {"Key": "a", "Value": "b"}
    )


def keep_a_queue_that_went_with_its_stack(templates: Templates) -> None:
    for _, each in _of(templates, "AWS::SQS::Queue"):
        each["DeletionPolicy"] = each["UpdateReplacePolicy"] = "Retain"


def add_an_alarm(templates: Templates) -> None:
    alarm = _first(templates, "AWS::CloudWatch::Alarm", "Ingestion")
    templates["Ingestion"]["Resources"]["Another"] = alarm


def add_a_bucket_that_is_shut(templates: Templates) -> None:
    blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    properties = {"PublicAccessBlockConfiguration": dict.fromkeys(blocks, True)}
    templates["Storage"]["Resources"]["Another"] = {"Type": "AWS::S3::Bucket", "Properties": properties}


HARMLESS: list[Plant] = [
    raise_the_memory_of_a_function,
    ship_other_code,
    write_the_statements_of_a_policy_in_another_order,
    write_one_statement_as_many,
    narrow_a_right,
    keep_logs_for_longer,
    tag_a_bucket,
    keep_a_queue_that_went_with_its_stack,
    add_an_alarm,
    add_a_bucket_that_is_shut,
]


@pytest.mark.parametrize("plant", HARMLESS, ids=lambda plant: plant.__name__)
def test_harmless_change_is_no_danger(
    deployed: Deployment, planted: Callable[[Plant], Path], plant: Plant
) -> None:
    assert _dangers(deployed, planted(plant)) == []


def test_what_holds_nothing_and_is_made_anew_is_told_as_an_interruption(
    deployed: Deployment, planted: Callable[[Plant], Path]
) -> None:
    def rename(templates: Templates) -> None:
        _first(templates, "AWS::Glue::Job")["Properties"]["Name"] = "x"

    found = classify(deployed, Deployment.of_folder(planted(rename)))
    assert (Kind.INTERRUPTED, "AWS::Glue::Job: Name") in {(each.kind, each.what) for each in found}


def _lake_with(lake: Lake, name: str, domain: str) -> Lake:
    added = replace(ORDERS, name=name, domain=domain)
    dropped = replace(added, name=f"{name}_dropped", ingestion=FILES)
    return replace(lake, datasets=(*lake.datasets, added, dropped))


@pytest.mark.parametrize("domain", ["shop", "orchard"], ids=["dataset", "domain"])
@pytest.mark.parametrize("environment", [TRIAL, LIVE], ids=str)
def test_another_dataset_or_domain_needs_no_approval(
    assemble: Callable[..., Path], environment: Environment, domain: str
) -> None:
    """Its roles are those of their kind, and what is granted is about what is new."""
    before = Deployment.of_folder(assemble(environment))
    after = assemble(environment, _lake_with(environment.lake, "returns", domain))
    assert _dangers(before, after) == []


def test_reading_another_domains_tables_is_a_right_more(assemble: Callable[..., Path]) -> None:
    """The domain is new, and what it reads was there before."""
    own = tuple(each for each in LIVE.lake.datasets if each.domain != "ledger")
    before = Deployment.of_folder(assemble(LIVE, replace(LIVE.lake, datasets=own)))
    found = _dangers(before, assemble(LIVE))
    assert {each.place.partition("/")[0] for each in found} == {"DomainLedger"}
    assert {each.kind for each in found} == {Kind.RIGHTS, Kind.ACKNOWLEDGED}
    assert [each for each in found if "power_plant" not in each.what] == []
    assert [each for each in found if each.what.endswith("gold_power_plant.daily_logs")]


def test_dataset_that_goes_takes_an_approval_for_what_it_holds(assemble: Callable[..., Path]) -> None:
    left = tuple(each for each in TRIAL.lake.datasets if each.id != "shop/articles")
    after = assemble(TRIAL, replace(TRIAL.lake, datasets=left))
    found = _dangers(Deployment.of_folder(assemble(TRIAL)), after)
    assert {(each.kind, each.what) for each in found} >= {(Kind.DELETED, "Custom::IcebergTable")}
    assert {each.kind for each in found} == {Kind.DELETED}


def test_environment_that_moves_is_told_as_that_alone(
    deployed: Deployment, planted: Callable[[Plant], Path]
) -> None:
    folder = planted(raise_the_memory_of_a_function)
    manifest = folder / "manifest.json"
    region = TRIAL.settings.region
    manifest.write_text(manifest.read_text().replace(f"/{region}", "/eu-south-2"))
    found = _dangers(deployed, folder)
    assert {each.place for each in found} == deployed.stacks
    assert {each.what.rpartition("/")[2] for each in found} == {"eu-south-2"}


def _dangers(before: Deployment, after: Path) -> list[Finding]:
    return [each for each in classify(before, Deployment.of_folder(after)) if each.dangerous]
