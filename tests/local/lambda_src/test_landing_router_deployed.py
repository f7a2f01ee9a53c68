"""The landing router behind its queue, under a role that allows what it needs and nothing else."""

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

CSV = b"year,month,day\n2013,1,1\n"
NAMES = ("plain.csv", "a b+c%20d.csv", "übergröße.csv")
PATIENCE_SECONDS = 30.0


@pytest.fixture
def name(embedded_aws: EmbeddedAws, make_role: Callable[..., str], asset: bytes) -> str:
    """Deploys landing, its rule, the queue and the function; returns what all names start with."""
    name = f"door-{uuid.uuid4().hex[:12]}"
    buckets(embedded_aws, name)
    queue_arn = queue(embedded_aws, name)
    rule(embedded_aws, name, queue_arn)
    deploy(
        embedded_aws,
        name,
        make_role(name, "lambda.amazonaws.com", *allowed(name, queue_arn)),
        asset,
        queue_arn,
    )
    return name


def allowed(name: str, queue_arn: str) -> list[tuple[list[str], str | list[str]]]:
    """Everything that the function may do."""
    objects = {role: f"arn:aws:s3:::{name}-{role}" for role in ("landing", "bronze", "quarantine", "scripts")}
    copies = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
    return [
        (
            ["s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion"],
            [f"{objects['landing']}/*", f"{objects['quarantine']}/unrouted/*"],
        ),
        (copies, f"{objects['bronze']}/*"),
        (copies, f"{objects['quarantine']}/unrouted/*"),
        (["s3:GetObject"], f"{objects['scripts']}/routes.json"),
        *((["s3:ListBucket"], objects[role]) for role in ("landing", "bronze", "quarantine")),
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue_arn),
    ]


def buckets(aws: EmbeddedAws, name: str) -> None:
    s3 = aws.client("s3")
    for role in ("landing", "bronze", "quarantine", "scripts"):
        s3.create_bucket(Bucket=f"{name}-{role}")
        enabled = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=f"{name}-{role}", VersioningConfiguration=enabled)
    routes = {"flights/flights": {"format": "csv", "requests": "flights/_requests/flights/"}}
    s3.put_object(Bucket=f"{name}-scripts", Key="routes.json", Body=json.dumps(routes))
    s3.put_bucket_notification_configuration(
        Bucket=f"{name}-landing", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )


def queue(aws: EmbeddedAws, name: str) -> str:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return arn


def rule(aws: EmbeddedAws, name: str, queue_arn: str) -> None:
    events = aws.client("events")
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [f"{name}-landing"]}},
    }
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])


def deploy(aws: EmbeddedAws, name: str, role: str, asset: bytes, queue_arn: str) -> None:
    variables = {
        "ROUTES_BUCKET": f"{name}-scripts",
        "ROUTES_KEY": "routes.json",
        "BRONZE_BUCKET": f"{name}-bronze",
        "QUARANTINE_BUCKET": f"{name}-quarantine",
        "POWERTOOLS_SERVICE_NAME": "landing-router",
        "POWERTOOLS_METRICS_NAMESPACE": "Lake",
    }
    lambda_ = aws.client("lambda")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="landing_router.handler.handler",
        Code={"ZipFile": asset},
        Environment={"Variables": variables},
        Timeout=60,
    )
    lambda_.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=queue_arn,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def eventually(read: Callable[[], Any], expected: Any) -> Any:
    """The first reading that equals the expected one, or the last one made."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := read()) != expected and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def test_files_reach_bronze_and_quarantine_when_they_land_under_the_least_privileges(
    embedded_aws: EmbeddedAws, name: str
) -> None:
    s3 = embedded_aws.client("s3")
    for file in NAMES:
        s3.put_object(Bucket=f"{name}-landing", Key=f"flights/flights/{file}", Body=CSV)
        s3.put_object(Bucket=f"{name}-landing", Key=f"flights/other/{file}", Body=CSV)

    def keys(role: str) -> list[str]:
        listed = s3.list_objects_v2(Bucket=f"{name}-{role}").get("Contents", [])
        return sorted(found["Key"] for found in listed)

    unrouted = sorted(f"unrouted/unknown_dataset/flights/other/{file}" for file in NAMES)

    def quarantined() -> list[str]:
        return sorted(re.sub(r"[0-9a-f]{16}-", "", key) for key in keys("quarantine"))

    assert eventually(quarantined, unrouted) == unrouted
    assert eventually(lambda: len(keys("bronze")), len(NAMES)) == len(NAMES)
    assert eventually(lambda: keys("landing"), []) == []
