"""Faults of a deployed lake, each seeded for the duration of a block and undone after it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from lakehouse.model.dataset import Layer
from tests.fixtures.embedded_aws import wait_for
from tests.local.lake.roles import without
from tests.local.lake.smoke_lake import SMALL, SmokeLake
from tests.unit.lakehouse.project import source

Seed = Callable[[SmokeLake], AbstractContextManager[None]]
"""Breaks a lake for the duration of a block."""


@contextmanager
def undeployed_contract(smoke: SmokeLake) -> Iterator[None]:
    path = smoke.write("gifts", source("shop/gifts", SMALL, ingestion={"mode": "files", "format": "json"}))
    yield
    path.unlink()


@contextmanager
def missing_stack(smoke: SmokeLake) -> Iterator[None]:
    """Delete a stack that holds no data: that of the work groups."""
    with _replaced(smoke, "Analytics", None):
        yield


@contextmanager
def rolled_back_stack(smoke: SmokeLake) -> Iterator[None]:
    """Have the creation of a stack fail."""
    place = {"CatalogId": smoke.aws.account, "DatabaseName": "nowhere", "TableInput": {"Name": "x"}}
    with _replaced(smoke, "Observability", {"Type": "AWS::Glue::Table", "Properties": place}):
        yield


@contextmanager
def _replaced(smoke: SmokeLake, stack: str, resource: dict[str, Any] | None) -> Iterator[None]:
    """Put a stack with one resource that cannot be made in the place of another, or none at all."""
    client, name = smoke.aws.client("cloudformation"), smoke.lake.naming.stack(stack)
    template = client.get_template(StackName=name)["TemplateBody"]
    body = template if isinstance(template, str) else json.dumps(template)
    _delete(client, name)
    if resource:
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Bad": resource}}))
        wait_for(lambda: _status(client, name), lambda found: found == "ROLLBACK_COMPLETE")
    yield
    _delete(client, name)
    client.create_stack(StackName=name, TemplateBody=body)
    wait_for(lambda: _status(client, name), lambda found: found == "CREATE_COMPLETE")


def _delete(client: Any, name: str) -> None:
    if _status(client, name):
        client.delete_stack(StackName=name)
        wait_for(lambda: _status(client, name), lambda found: found in ("", "DELETE_COMPLETE"))


def _status(client: Any, name: str) -> str:
    try:
        return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except client.exceptions.ClientError:
        return ""


@contextmanager
def disabled_event_source(smoke: SmokeLake) -> Iterator[None]:
    client = smoke.aws.client("lambda")
    [found] = client.list_event_source_mappings(FunctionName=smoke.name("landing_router"))[
        "EventSourceMappings"
    ]
    client.update_event_source_mapping(UUID=found["UUID"], Enabled=False)
    yield
    client.update_event_source_mapping(UUID=found["UUID"], Enabled=True)


@contextmanager
def disabled_rule(smoke: SmokeLake) -> Iterator[None]:
    smoke.aws.client("events").disable_rule(Name=smoke.name("landing"))
    yield
    smoke.aws.client("events").enable_rule(Name=smoke.name("landing"))


@contextmanager
def silent_bucket(smoke: SmokeLake) -> Iterator[None]:
    s3, bucket = smoke.aws.client("s3"), smoke.lake.naming.bucket("landing")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    yield
    events: dict[str, Any] = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=events)


@contextmanager
def doomed_key(smoke: SmokeLake) -> Iterator[None]:
    kms = smoke.aws.client("kms")
    key = kms.describe_key(KeyId=f"alias/{smoke.name('bronze')}")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    yield
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)


@contextmanager
def missing_firehose(smoke: SmokeLake) -> Iterator[None]:
    """Look at a stream of a contract that nobody deployed, though its tables are there."""
    contract = smoke.root / "contracts/shop/returns.odcs.yaml"
    text = contract.read_text()
    contract.write_text(text.replace("stream: shop", "stream: elsewhere"))
    yield
    contract.write_text(text)


@contextmanager
def missing_pipeline(smoke: SmokeLake) -> Iterator[None]:
    states = smoke.aws.client("stepfunctions")
    arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:{smoke.name('shop')}"
    found = states.describe_state_machine(stateMachineArn=arn)
    states.delete_state_machine(stateMachineArn=arn)
    yield
    kept = {name: found[name] for name in ("name", "definition", "roleArn")}
    states.create_state_machine(**kept)


@contextmanager
def broken_trust(smoke: SmokeLake) -> Iterator[None]:
    iam, role = smoke.aws.client("iam"), smoke.name("analyst")
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    other = json.loads(json.dumps(trust))
    for statement in other["Statement"]:
        statement["Principal"] = {"Service": "ec2.amazonaws.com"}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(other))
    yield
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))


@contextmanager
def generous_role(smoke: SmokeLake) -> Iterator[None]:
    """Let scientists read bronze, by IAM and by Lake Formation."""
    iam, role = smoke.aws.client("iam"), smoke.name("scientist")
    statement = {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    layer = {"TagKey": smoke.name("layer"), "TagValues": [Layer.BRONZE.value]}
    grant = {
        "Principal": {"DataLakePrincipalIdentifier": f"arn:aws:iam::{smoke.aws.account}:role/{role}"},
        "Resource": {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": [layer]}},
        "Permissions": ["SELECT"],
    }
    lake = smoke.aws.client("lakeformation")
    iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)
    lake.grant_permissions(**grant)
    yield
    lake.revoke_permissions(**grant)
    iam.delete_role_policy(RoleName=role, PolicyName="more")


@contextmanager
def poor_role(smoke: SmokeLake) -> Iterator[None]:
    with without(smoke.aws, smoke.name("engineer"), "lakeformation:GetDataAccess"):
        yield


@contextmanager
def dead_letter(smoke: SmokeLake) -> Iterator[None]:
    sqs = smoke.aws.client("sqs")
    url = sqs.get_queue_url(QueueName=smoke.name("landing-dead-letters"))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=url)


@contextmanager
def alarm(smoke: SmokeLake) -> Iterator[None]:
    client, name = smoke.aws.client("cloudwatch"), smoke.name("seeded")
    client.put_metric_alarm(
        AlarmName=name,
        Namespace="seeded",
        MetricName="Nothing",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )
    smoke.aws.evaluate_alarms()
    yield
    client.delete_alarms(AlarmNames=[name])


def open_subscription(smoke: SmokeLake) -> None:
    topic = f"arn:aws:sns:us-east-1:000000000000:{smoke.name('alarms')}"
    # The embedded AWS takes addresses of mail for confirmed, those of the web it asks.
    asked = {"TopicArn": topic, "Protocol": "https", "Endpoint": "https://localhost:1/"}
    smoke.aws.client("sns").subscribe(**asked)


@contextmanager
def unrouted_file(smoke: SmokeLake) -> Iterator[None]:
    s3, naming = smoke.aws.client("s3"), smoke.lake.naming
    s3.put_object(Bucket=naming.bucket("landing"), Key="shop/nothing/a.csv", Body=b"a\n1\n")
    bucket = naming.bucket(Layer.QUARANTINE)

    def keys() -> list[str]:
        found = s3.list_objects_v2(Bucket=bucket, Prefix="unrouted/").get("Contents", [])
        return [one["Key"] for one in found]

    wait_for(keys)
    yield
    for key in keys():
        s3.delete_object(Bucket=bucket, Key=key)
