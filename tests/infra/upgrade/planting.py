"""Changes to be planted in real templates: dangers, with what they are found as, and harmless ones."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.fixtures.environments import TRIAL
from tools.upgrade.finding import Kind

Templates = dict[str, dict[str, Any]]
"""Templates by the id of their stack."""
Plant = Callable[[Templates], None]

Json = dict[str, Any]


def of(templates: Templates, kind: str, stack: str = "") -> Iterator[tuple[str, Json]]:
    """Resources of a type by their place, in the order of places."""
    for name, template in sorted(templates.items()):
        if name.startswith(stack):
            for logical_id in sorted(template["Resources"]):
                if template["Resources"][logical_id]["Type"] == kind:
                    yield f"{name}/{logical_id}", template["Resources"][logical_id]


def first(templates: Templates, kind: str, stack: str = "", having: str = "") -> Json:
    return next(each for place, each in of(templates, kind, stack) if having in place)


def rename_a_stream(templates: Templates) -> None:
    first(templates, "AWS::Kinesis::Stream")["Properties"]["Name"] += "-v2"


def move_the_table_of_a_dataset(templates: Templates) -> None:
    first(templates, "Custom::IcebergTable", "DomainShop", "Silver")["Properties"]["Table"] = "orders_v2"


def call_a_bucket_otherwise_in_code(templates: Templates) -> None:
    """Another logical id: CloudFormation sees one bucket go and another come."""
    found = templates["Storage"]["Resources"]
    place = next(place for place, _ in of(templates, "AWS::S3::Bucket", "Storage"))
    found["Renamed"] = found.pop(place.partition("/")[2])


def let_a_key_go_with_its_stack(templates: Templates) -> None:
    first(templates, "AWS::KMS::Key")["DeletionPolicy"] = "Delete"


def expire_what_lies_in_bronze(templates: Templates) -> None:
    bucket = first(templates, "AWS::S3::Bucket", "Storage", "Bronze")
    rules = bucket["Properties"].setdefault("LifecycleConfiguration", {}).setdefault("Rules", [])
    rules.append({"Status": "Enabled", "ExpirationInDays": 30})


def let_a_job_delete_from_bronze(templates: Templates) -> None:
    policy = first(templates, "AWS::IAM::Policy", "DomainShop", "BronzeToSilver")["Properties"]
    bronze = next(each for _, each in of(templates, "AWS::S3::Bucket") if "bronze" in str(each))
    arn = f"arn:aws:s3:::{bronze['Properties']['BucketName']}/shop/*"
    statement = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": arn}
    policy["PolicyDocument"]["Statement"].append(statement)


def let_anybody_of_the_account_assume_a_role(templates: Templates) -> None:
    role = first(templates, "AWS::IAM::Role", "DomainShop", "BronzeToSilver")["Properties"]
    root = f"arn:aws:iam::{TRIAL.settings.account}:root"
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": root}}
    role["AssumeRolePolicyDocument"]["Statement"].append(statement)


def drop_the_condition_of_a_key(templates: Templates) -> None:
    for _, key in of(templates, "AWS::KMS::Key"):
        for statement in key["Properties"]["KeyPolicy"]["Statement"]:
            if statement["Effect"] == "Allow" and statement.pop("Condition", None):
                return
    raise AssertionError("no key has a condition")


def stop_denying_deletes_in_bronze(templates: Templates) -> None:
    policy = first(templates, "AWS::S3::BucketPolicy", "Storage", "Bronze")["Properties"]["PolicyDocument"]
    kept = [each for each in policy["Statement"] if "s3:DeleteObject" not in str(each["Action"])]
    assert len(kept) < len(policy["Statement"])
    policy["Statement"] = kept


def open_a_bucket(templates: Templates) -> None:
    bucket = first(templates, "AWS::S3::Bucket", "Storage", "Gold")
    bucket["Properties"]["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] = False


def add_a_door_to_the_internet(templates: Templates) -> None:
    properties = {"AuthType": "NONE", "TargetFunctionArn": "arn:aws:lambda:eu-north-1:1:function:f"}
    templates["Ingestion"]["Resources"]["Url"] = {"Type": "AWS::Lambda::Url", "Properties": properties}


def read_silver_as_an_analyst(templates: Templates) -> None:
    for _, grant in of(templates, "AWS::LakeFormation::PrincipalPermissions", "Governance"):
        for tag in grant["Properties"]["Resource"].get("LFTagPolicy", {}).get("Expression", []):
            if tag["TagKey"].endswith("-layer") and tag["TagValues"] == ["gold"]:
                tag["TagValues"].append("silver")


def add_a_user(templates: Templates) -> None:
    templates["Governance"]["Resources"]["Somebody"] = {"Type": "AWS::IAM::User", "Properties": {}}


def rename_what_other_stacks_publish_to(templates: Templates) -> None:
    first(templates, "AWS::SNS::Topic", "Foundation")["Properties"]["TopicName"] += "-v2"


DANGEROUS: list[tuple[Plant, Kind, str]] = [
    (rename_a_stream, Kind.REPLACED, "AWS::Kinesis::Stream: Name"),
    (move_the_table_of_a_dataset, Kind.REPLACED, "Custom::IcebergTable: Table"),
    (rename_what_other_stacks_publish_to, Kind.STALE, "reads Foundation/"),
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


def raise_the_memory_of_a_function(templates: Templates) -> None:
    first(templates, "AWS::Lambda::Function", "Ingestion")["Properties"]["MemorySize"] = 3008


def ship_other_code(templates: Templates) -> None:
    for _, each in of(templates, "AWS::Lambda::Function"):
        each["Properties"]["Code"]["S3Key"] = f"{'0' * 64}.zip"
    for _, each in of(templates, "AWS::Lambda::LayerVersion"):
        each["Properties"]["Content"]["S3Key"] = f"{'1' * 64}.zip"


def write_the_statements_of_a_policy_in_another_order(templates: Templates) -> None:
    for _, policy in of(templates, "AWS::IAM::Policy"):
        policy["Properties"]["PolicyDocument"]["Statement"].reverse()


def write_one_statement_as_many(templates: Templates) -> None:
    for _, policy in of(templates, "AWS::IAM::Policy"):
        document = policy["Properties"]["PolicyDocument"]
        document["Statement"] = [
            {**statement, "Action": action}
            for statement in document["Statement"]
            for action in (
                [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            )
        ]


def narrow_a_right(templates: Templates) -> None:
    statement = first(templates, "AWS::IAM::Policy", "DomainShop", "BronzeToSilver")["Properties"][
        "PolicyDocument"
    ]["Statement"][0]
    statement["Condition"] = {"StringEquals": {"aws:ResourceAccount": TRIAL.settings.account}}


def keep_logs_for_longer(templates: Templates) -> None:
    for _, each in of(templates, "AWS::Logs::LogGroup"):
        each["Properties"]["RetentionInDays"] = 3653


def tag_a_bucket(templates: Templates) -> None:
    first(templates, "AWS::S3::Bucket")["Properties"].setdefault("Tags", []).append(
        {"Key": "a", "Value": "b"}
    )


def keep_a_queue_that_went_with_its_stack(templates: Templates) -> None:
    for _, each in of(templates, "AWS::SQS::Queue"):
        each["DeletionPolicy"] = each["UpdateReplacePolicy"] = "Retain"


def add_an_alarm(templates: Templates) -> None:
    alarm = first(templates, "AWS::CloudWatch::Alarm", "Ingestion")
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
