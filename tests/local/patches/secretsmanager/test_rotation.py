"""Rotations by the embedded Secrets Manager, with a function that notes what it is asked."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

CODE = """
import boto3
secrets = boto3.client("secretsmanager")

def handler(event, context):
    secret, version, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    print("STEP", step)
    if step == "createSecret":
        try:
            secrets.get_secret_value(SecretId=secret, VersionId=version, VersionStage="AWSPENDING")
        except secrets.exceptions.ResourceNotFoundException:
            secrets.put_secret_value(
                SecretId=secret, ClientRequestToken=version, SecretString="new", VersionStages=["AWSPENDING"]
            )
    if step == "testSecret" and secrets.describe_secret(SecretId=secret)["Description"] == "broken":
        raise ValueError("does not let in")
    if step == "finishSecret":
        stages = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
        [current] = [one for one, labels in stages.items() if "AWSCURRENT" in labels]
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
        )
"""


@pytest.fixture(scope="module")
def function(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rotates.py", CODE)
    role = make_role("rotates", "lambda.amazonaws.com", (["secretsmanager:*"], ["*"]))
    made = embedded_aws.client("lambda").create_function(
        FunctionName="rotates", Runtime="python3.14", Role=role, Handler="rotates.handler",
        Code={"ZipFile": packed.getvalue()}, Timeout=60,
    )  # fmt: skip
    return str(made["FunctionArn"])


@pytest.fixture
def secret(embedded_aws: EmbeddedAws, function: str, request: pytest.FixtureRequest) -> str:
    """A secret that the function may be asked to rotate."""
    name = base64.b32encode(request.node.name.encode()).decode().strip("=")[-60:]
    client = embedded_aws.client("secretsmanager")
    arn = str(client.create_secret(Name=name, SecretString="old", Description="")["ARN"])
    embedded_aws.client("lambda").add_permission(
        FunctionName=function, StatementId=name, Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com", SourceArn=arn,
    )  # fmt: skip
    return arn


def test_four_steps_are_taken_and_the_new_value_is_current(
    embedded_aws: EmbeddedAws, function: str, secret: str, wait_for: Callable[..., Any]
) -> None:
    secrets = embedded_aws.client("secretsmanager")
    secrets.rotate_secret(SecretId=secret, RotationLambdaARN=function)
    wait_for(lambda: secrets.get_secret_value(SecretId=secret)["SecretString"], lambda now: now == "new")
    assert secrets.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")["SecretString"] == "old"
    logged = embedded_aws.client("logs").filter_log_events(logGroupName="/aws/lambda/rotates")["events"]
    steps = [each["message"].split()[1] for each in logged if each["message"].startswith("STEP")]
    assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]


def test_step_that_fails_ends_it_and_the_next_request_takes_it_up(
    embedded_aws: EmbeddedAws, function: str, secret: str, wait_for: Callable[..., Any]
) -> None:
    secrets = embedded_aws.client("secretsmanager")
    secrets.update_secret(SecretId=secret, Description="broken")
    version = secrets.rotate_secret(SecretId=secret, RotationLambdaARN=function)["VersionId"]
    wait_for(
        lambda: secrets.list_secret_version_ids(SecretId=secret)["Versions"], lambda found: len(found) == 2
    )
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "old"
    secrets.update_secret(SecretId=secret, Description="mended")
    with pytest.raises(secrets.exceptions.InvalidRequestException, match="will be reattempted"):
        secrets.rotate_secret(SecretId=secret)
    wait_for(lambda: secrets.get_secret_value(SecretId=secret)["VersionId"], lambda now: now == version)


def test_function_that_may_not_be_asked_is_refused(
    embedded_aws: EmbeddedAws, function: str, secret: str
) -> None:
    secrets = embedded_aws.client("secretsmanager")
    other = secrets.create_secret(Name="not-permitted", SecretString="old")["ARN"]
    with pytest.raises(secrets.exceptions.ClientError, match="cannot invoke the specified Lambda function"):
        secrets.rotate_secret(SecretId=other, RotationLambdaARN=function)


def test_schedule_in_a_template_rotates_only_if_it_says_so(
    embedded_aws: EmbeddedAws, function: str, secret: str, deploy: Callable[..., Any]
) -> None:
    secrets = embedded_aws.client("secretsmanager")
    properties = {
        "SecretId": secret,
        "RotationLambdaARN": function,
        "RotationRules": {"AutomaticallyAfterDays": 30},
        "RotateImmediatelyOnUpdate": False,
    }
    schedule = {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": properties}
    deploy("rotation-schedule", {"Schedule": schedule})
    told = secrets.describe_secret(SecretId=secret)
    assert (told["RotationEnabled"], told["RotationRules"]) == (True, {"AutomaticallyAfterDays": 30})
    assert json.dumps(list(told["VersionIdsToStages"].values())) == '[["AWSCURRENT"]]'
