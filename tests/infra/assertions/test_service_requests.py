"""Keys, trust and roles allow what each service is documented to send, in the form in which it sends it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fixtures.environments import LIVE, Environment
from tests.infra.service_requests import Request, is_allowed_by_resource, is_allowed_by_role, literal

Resources = Callable[..., Iterator[tuple[str, dict[str, Any]]]]

LOGS_ACTIONS = (
    "Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext", "DescribeKey",
)  # fmt: skip
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""

SENT_TO_ASSUME = {
    "states": "aws:SourceAccount",
    "scheduler": "aws:SourceAccount",
    "pipes": "aws:SourceAccount",
    "firehose": "sts:ExternalId",
    "glue": None,
    "dms": None,
    "lambda": None,
    "apigateway": None,
}
"""The key with the account that a service is documented to send when it assumes a role."""


@pytest.fixture
def place(environment: Environment) -> tuple[str, str]:
    """Region and account of the environment."""
    return environment.settings.region, environment.settings.account


@pytest.fixture
def logs_key(templates: dict[str, Any]) -> dict[str, Any]:
    [policy] = [
        resource["Properties"]["KeyPolicy"]
        for logical_id, resource in templates["Foundation"]["Resources"].items()
        if resource["Type"] == "AWS::KMS::Key" and logical_id.startswith("LogsKey")
    ]
    return dict(literal(policy))


@pytest.fixture
def policies(templates: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Policy documents of each role, by `stack/logical id`."""
    found = defaultdict(list)
    for stack, template in templates.items():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::Policy":
                for role in resource["Properties"]["Roles"]:
                    found[f"{stack}/{role['Ref']}"].append(
                        literal(resource["Properties"]["PolicyDocument"], stack)
                    )
    return dict(found)


def _with_roles(policies: dict[str, Any], *parts: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield from (
        (where, documents) for where, documents in policies.items() if any(part in where for part in parts)
    )


@pytest.mark.parametrize("action", LOGS_ACTIONS)
def test_logs_may_use_the_key_for_every_log_group_by_the_name_that_it_sends(
    resources: Resources, logs_key: dict[str, Any], place: tuple[str, str], action: str
) -> None:
    region, account = place
    groups = [literal(group["Properties"]["LogGroupName"]) for _, group in resources("AWS::Logs::LogGroup")]
    assert groups
    for group in groups:
        arn = f"arn:aws:logs:{region}:{account}:log-group:{group}"
        context = {"kms:EncryptionContext:aws:logs:arn": arn}
        service = f"logs.{region}.amazonaws.com"
        assert is_allowed_by_resource(logs_key, Request(f"kms:{action}", keys=context, service=service)), arn


def test_logs_may_not_use_the_key_for_another_account(
    logs_key: dict[str, Any], place: tuple[str, str]
) -> None:
    region, _ = place
    context = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:123456789012:log-group:/aws/x"}
    request = Request("kms:Encrypt", keys=context, service=f"logs.{region}.amazonaws.com")
    assert not is_allowed_by_resource(logs_key, request)


@pytest.mark.parametrize("action", ["Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"])
def test_role_that_gives_a_log_group_the_key_may_use_it_through_logs_alone(
    logs_key: dict[str, Any], place: tuple[str, str], action: str
) -> None:
    region, account = place
    group = f"arn:aws:logs:{region}:{account}:log-group:/aws-glue/jobs/any"
    keys = {
        "kms:CallerAccount": account,
        "kms:ViaService": f"logs.{region}.amazonaws.com",
        "kms:EncryptionContext:aws:logs:arn": group,
    }
    caller = f"arn:aws:sts::{account}:assumed-role/glue/session"
    assert is_allowed_by_resource(logs_key, Request(f"kms:{action}", keys=keys, caller=caller))
    for key, wrong in (
        ("kms:CallerAccount", "123456789012"),
        ("kms:ViaService", f"s3.{region}.amazonaws.com"),
    ):
        request = Request(f"kms:{action}", keys={**keys, key: wrong}, caller=caller)
        assert not is_allowed_by_resource(logs_key, request)


@pytest.mark.parametrize("action", ["Decrypt", "GenerateDataKey"])
def test_alarm_may_encrypt_for_the_topic_and_no_service_that_publishes_nothing_there(
    logs_key: dict[str, Any], place: tuple[str, str], action: str
) -> None:
    keys = {"aws:SourceAccount": place[1]}
    cloudwatch = Request(f"kms:{action}", keys=keys, service="cloudwatch.amazonaws.com")
    assert is_allowed_by_resource(logs_key, cloudwatch)
    # EventBridge sends no account at all: a condition on it would only seem to let it publish.
    for sent in (keys, {}):
        events = Request(f"kms:{action}", keys=sent, service="events.amazonaws.com")
        assert not is_allowed_by_resource(logs_key, events)


def test_trail_may_encrypt_for_itself_alone(
    templates: dict[str, Any], logs_key: dict[str, Any], place: tuple[str, str]
) -> None:
    region, account = place
    [name] = [
        resource["Properties"]["TrailName"]
        for resource in templates["Foundation"]["Resources"].values()
        if resource["Type"] == "AWS::CloudTrail::Trail"
    ]
    service = "cloudtrail.amazonaws.com"
    for trail, expected in ((name, True), ("another", False)):
        arn = f"arn:aws:cloudtrail:{region}:{account}:trail/{trail}"
        keys = {"aws:SourceArn": arn, "kms:EncryptionContext:aws:cloudtrail:arn": arn}
        encrypt = Request("kms:GenerateDataKey", keys=keys, service=service)
        describe = Request("kms:DescribeKey", keys={"aws:SourceArn": arn}, service=service)
        assert is_allowed_by_resource(logs_key, encrypt) is expected
        assert is_allowed_by_resource(logs_key, describe) is expected


def test_role_trusts_its_service_by_what_the_service_sends(
    resources: Resources, place: tuple[str, str]
) -> None:
    _, account = place
    for where, role in resources("AWS::IAM::Role"):
        trust = literal(role["Properties"]["AssumeRolePolicyDocument"])
        [statement] = trust["Statement"]
        if (service := statement["Principal"].get("Service")) is None:
            continue
        key = SENT_TO_ASSUME[service.split(".")[0]]
        for sent, expected in ((account, True), ("123456789012", key is None)):
            keys = {key: sent} if key else {}
            request = Request("sts:AssumeRole", keys=keys, service=service)
            document = {"Statement": [{**statement, "Resource": "*"}]}
            assert is_allowed_by_resource(document, request) is expected, where


@pytest.mark.parametrize("layer", ["silver", "quarantine"])
def test_job_that_asks_for_a_missing_object_may_list_its_bucket(
    environment: Environment, policies: dict[str, Any], layer: str
) -> None:
    bucket = f"arn:aws:s3:::{environment.naming.bucket(layer)}"
    for where, documents in _with_roles(policies, "BronzeToSilverRole"):
        # HeadObject names no prefix: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        assert is_allowed_by_role(documents, Request("s3:ListBucket", bucket)), where


@pytest.mark.parametrize(
    "form", ["/aws-glue/jobs/any", "/aws-glue/jobs/any:*", "/aws-glue/jobs/any:log-stream:"]
)
@pytest.mark.parametrize("action", ["CreateLogGroup", "AssociateKmsKey", "CreateLogStream", "PutLogEvents"])
def test_glue_may_use_its_log_groups_in_whichever_form_they_are_asked_for(
    policies: dict[str, Any], place: tuple[str, str], action: str, form: str
) -> None:
    region, account = place
    request = Request(f"logs:{action}", f"arn:aws:logs:{region}:{account}:log-group:{form}")
    roles = ("BronzeToSilverRole", "SilverToGoldRole", "TableMaintenanceRole", "CrawlerRole")
    for where, documents in _with_roles(policies, *roles):
        assert is_allowed_by_role(documents, request), where


def test_firehose_may_do_to_its_objects_all_that_its_page_lists(
    resources: Resources, policies: dict[str, Any]
) -> None:
    for where, stream in resources("AWS::KinesisFirehose::DeliveryStream"):
        destination = stream["Properties"]["ExtendedS3DestinationConfiguration"]
        role = f"{where.split('/')[0]}/{destination['RoleARN']['Fn::GetAtt'][0]}"
        bucket = literal(destination["BucketARN"])
        errors = destination["ErrorOutputPrefix"].partition("!")[0]
        for action in ("AbortMultipartUpload", "GetObject", "PutObject"):
            request = Request(f"s3:{action}", f"{bucket}/{errors}x")
            assert is_allowed_by_role(policies[role], request), (where, action)
        for action in ("GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"):
            assert is_allowed_by_role(policies[role], Request(f"s3:{action}", bucket)), (where, action)


def test_asset_can_be_read_where_the_bootstrap_has_a_key_of_its_own(
    policies: dict[str, Any], place: tuple[str, str]
) -> None:
    region, account = place
    key = f"arn:aws:kms:{region}:{account}:key/of-the-bootstrap"
    for where, documents in _with_roles(policies, "BronzeToSilverRole", "LandingRouterRole"):
        assets = str(documents).partition("arn:aws:s3:::cdk-")[2].partition("/")[0]
        via = {"kms:ViaService": f"s3.{region}.amazonaws.com"}
        for bucket, expected in ((f"cdk-{assets}", True), ("another", False)):
            keys = {**via, "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/asset.json"}
            assert is_allowed_by_role(documents, Request("kms:Decrypt", key, keys)) is expected, where


def test_roles_and_services_that_are_asked_about_are_there(synthesize: Callable[..., Any]) -> None:
    found = {
        (logical_id, json.dumps(resource["Properties"]["AssumeRolePolicyDocument"]))
        for template in synthesize(LIVE).values()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    for role in ("BronzeToSilverRole", "SilverToGoldRole", "TableMaintenanceRole", "CrawlerRole"):
        assert [name for name, _ in found if role in name], role
    for service in ("glue", "firehose", "states", "scheduler", "pipes", "lambda"):
        assert [trust for _, trust in found if f"{service}.amazonaws.com" in trust], service
