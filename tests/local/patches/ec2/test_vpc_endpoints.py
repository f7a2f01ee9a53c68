import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"
CALL = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    client = boto3.client(event["service"])
    try:
        answer = getattr(client, event["operation"])(**event["given"])
    except ClientError as error:
        return str(error)
    return answer["ResponseMetadata"]["HTTPStatusCode"]
"""
Ask = Callable[..., Any]


def _endpoint(service: str, kind: str, **more: Any) -> dict[str, Any]:
    properties = {
        "VpcId": {"Ref": "Vpc"},
        "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "VpcEndpointType": kind,
        **more,
    }
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}


POLICY = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::within", "arn:aws:s3:::within/*"],
        }
    ]
}
RESOURCES = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.9.0.0/20"},
    },
    "Routes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
    "Association": {
        "Type": "AWS::EC2::SubnetRouteTableAssociation",
        "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Routes"}},
    },
    "S3": _endpoint("s3", "Gateway", RouteTableIds=[{"Ref": "Routes"}], PolicyDocument=POLICY),
    "Sqs": _endpoint("sqs", "Interface", SubnetIds=[{"Ref": "Subnet"}], PrivateDnsEnabled=True),
    "Sns": _endpoint("sns", "Interface", SubnetIds=[{"Ref": "Subnet"}], PrivateDnsEnabled=False),
}


@pytest.fixture(scope="module")
def network(deploy: Callable[..., dict[str, str]]) -> dict[str, str]:
    """Ids of a VPC's subnet and of its endpoint of S3."""
    return deploy("network", RESOURCES, {"Subnet": {"Ref": "Subnet"}, "S3": {"Ref": "S3"}})


@pytest.fixture(scope="module")
def role(make_role: Callable[..., str]) -> str:
    """A role that may do everything."""
    return make_role("vpc-inside", "lambda.amazonaws.com", (["s3:*", "sqs:*", "sns:*"], ["*"]))


@pytest.fixture(scope="module")
def buckets(embedded_aws: EmbeddedAws, network: dict[str, str]) -> Any:
    """Two buckets, of which the first one refuses what does not come by the endpoint."""
    s3 = embedded_aws.client("s3")
    for bucket in ("within", "elsewhere"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="x", Body=b"x")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::within/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": network["S3"]}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket="within", Policy=json.dumps(policy))
    return s3


@pytest.fixture(scope="module")
def ask(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]], network: dict[str, str], role: str
) -> Ask:
    """Has a function inside of the VPC call a service."""
    properties = {
        "FunctionName": "inside",
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": role,
        "Code": {"ZipFile": CALL},
        "Timeout": 30,
    }
    inside = {"SubnetIds": [network["Subnet"]], "SecurityGroupIds": []}
    for more in ({}, {"VpcConfig": inside}):  # made, and moved in
        function = {"Type": "AWS::Lambda::Function", "Properties": {**properties, **more}}
        deploy("inside", {"Function": function})
    functions = embedded_aws.client("lambda")
    assert functions.get_function_configuration(FunctionName="inside")["VpcConfig"]["VpcId"]

    def call(service: str, operation: str, **given: Any) -> Any:
        event = json.dumps({"service": service, "operation": operation, "given": given})
        return json.load(functions.invoke(FunctionName="inside", Payload=event)["Payload"])

    return call


def test_function_inside_comes_by_the_endpoint_that_a_bucket_asks_for(ask: Ask, buckets: Any) -> None:
    assert ask("s3", "get_object", Bucket="within", Key="x") == 200


def test_role_of_the_same_rights_outside_is_refused_by_the_bucket(
    buckets: Any, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    client = client_as("s3", make_role("vpc-outside", ROOT, (["s3:*"], ["*"])))
    assert client.get_object(Bucket="elsewhere", Key="x")["Body"].read() == b"x"
    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_object(Bucket="within", Key="x")


def test_policy_of_the_endpoint_refuses_what_role_and_bucket_allow(ask: Ask, buckets: Any) -> None:
    assert "AccessDenied" in ask("s3", "get_object", Bucket="elsewhere", Key="x")


def test_endpoint_without_a_policy_lets_everything_pass(ask: Ask) -> None:
    assert ask("sqs", "create_queue", QueueName="inside") == 200


@pytest.mark.parametrize(
    ("service", "operation"), [("sts", "get_caller_identity"), ("sns", "list_topics")], ids=str
)
def test_service_without_an_endpoint_that_its_name_leads_to_is_not_reached(
    ask: Ask, service: str, operation: str
) -> None:
    found = ask(service, operation)
    assert f"no endpoint of com.amazonaws.us-east-1.{service}" in found
    assert "function:inside" in found


def test_job_is_where_its_connection_is(
    embedded_aws: EmbeddedAws,
    network: dict[str, str],
    buckets: Any,
    make_role: Callable[..., str],
    wait_for: Callable[..., Any],
) -> None:
    glue = embedded_aws.client("glue")
    requirements = {"SubnetId": network["Subnet"]}
    glue.create_connection(
        ConnectionInput={
            "Name": "inside",
            "ConnectionType": "NETWORK",
            "ConnectionProperties": {},
            "PhysicalConnectionRequirements": requirements,
        }
    )
    glue.create_job(
        Name="inside",
        Role=make_role("vpc-job", "glue.amazonaws.com", (["s3:*"], ["*"])),
        Command={"Name": "glueetl", "ScriptLocation": "s3://elsewhere/x", "PythonVersion": "3"},
        Connections={"Connections": ["inside"]},
    )
    run = glue.start_job_run(JobName="inside")["JobRunId"]
    found = wait_for(
        lambda: glue.get_job_run(JobName="inside", RunId=run)["JobRun"],
        lambda one: one["JobRunState"] in ("FAILED", "SUCCEEDED"),
    )
    assert "LAUNCH ERROR" in found["ErrorMessage"]  # the endpoint's policy knows no such bucket
    assert "(403)" in found["ErrorMessage"] or "AccessDenied" in found["ErrorMessage"]
