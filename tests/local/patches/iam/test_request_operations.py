from collections.abc import Callable

import botocore.session
import pytest
from botocore.credentials import Credentials
from ministack.app import SERVICE_REGISTRY
from ministack.core.iam_actions import _BOTOCORE_SERVICE_MAP, SERVICE_TO_IAM_NAMESPACE
from ministack.core.router import SERVICE_PATTERNS

from local.emulator.launcher import EmbeddedAws
from local.patches.iam import request_operations
from tests.local.patches.wire import FORM, JSON, assume, code, root, send_signed

LISTS = [
    "s3:ListAllMyBuckets",
    "glue:GetDatabases",
    "lambda:ListFunctions",
    "iam:ListRoles",
    "sqs:ListQueues",
    "sns:ListTopics",
    "cloudwatch:ListMetrics",
    "rds:DescribeDBClusters",
]
BOTOCORE = {
    "documentdb": ["docdb"],
    "elasticloadbalancing": ["elbv2"],
    "elasticmapreduce": ["emr"],
    "monitoring": ["cloudwatch"],
    "states": ["stepfunctions"],
    "tagging": ["resourcegroupstaggingapi"],
}
NO_API = {"imds", "ecs-metadata"}
GLUE = {**JSON, "x-amz-target": "AWSGlue.CreateDatabase"}
QUEUE = {"x-amz-target": "AmazonSQS.CreateQueue", "content-type": "application/x-amz-json-1.0"}
METRIC = {**JSON, "x-amz-target": "GraniteServiceVersion20100801.PutMetricData"}
USER = b"Action=CreateUser&UserName=smuggled&Version=2010-05-08"


SMUGGLED = [
        ("s3", "GET", "/operations/secret?Action=ListAllMyBuckets", {}, b""),
        ("s3", "GET", "/operations/secret", {"x-amz-target": "x.ListAllMyBuckets"}, b""),
        ("s3", "PUT", "/operations/new", FORM, b"Action=ListAllMyBuckets"),
        ("lambda", "GET", "/2015-03-31/event-source-mappings/?Action=ListFunctions", {}, b""),
        ("lambda", "GET", "/2015-03-31/event-source-mappings/", {"x-amz-target": "x.ListFunctions"}, b""),
        ("glue", "POST", "/?Action=GetDatabases", GLUE, b'{"DatabaseInput":{"Name":"smuggled"}}'),
        ("sqs", "POST", "/?Action=ListQueues", QUEUE, b'{"QueueName":"smuggled"}'),
        ("sqs", "POST", "/", {**FORM, "x-amz-target": "x.ListQueues"}, b"Action=CreateQueue&QueueName=q"),
        ("monitoring", "POST", "/?Action=ListMetrics", METRIC, b'{"Namespace":"x","MetricData":[]}'),
        ("iam", "POST", "/?Action=ListRoles", FORM, USER),
        ("iam", "POST", "/?Action=ListRoles", {"content-type": "text/plain"}, USER),
        ("iam", "POST", "/", {"content-type": "text/plain"}, USER),
        ("iam", "POST", "/", FORM, b"Action=ListRoles&" + USER),
        ("iam", "POST", "/", {**JSON, "x-amz-target": "x.ListRoles"}, USER),
        ("sts", "POST", "/?Action=GetCallerIdentity", FORM, b"Action=AssumeRole&RoleArn=x"),
        ("rds", "POST", "/", FORM, b"Action=CreateDBCluster&Engine=docdb&DBClusterIdentifier=d"),
        ("rds", "POST", "/?Engine=docdb", FORM, b"Action=CreateDBCluster&DBClusterIdentifier=d"),
]  # fmt: skip


@pytest.fixture(scope="module")
def lister(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> Credentials:
    """A role that may list names, and nothing else."""
    role = make_role("lister", f"arn:aws:iam::{embedded_aws.account}:root", (LISTS, ["*"]))
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket="operations")
    s3.put_object(Bucket="operations", Key="secret", Body=b"secret")
    return assume(embedded_aws, role)


@pytest.mark.parametrize("request_parts", SMUGGLED)
def test_request_is_authorized_as_what_it_does_when_it_also_names_something_harmless(
    embedded_aws: EmbeddedAws,
    lister: Credentials,
    request_parts: tuple[str, str, str, dict[str, str], bytes],
) -> None:
    service, method, path, headers, body = request_parts
    answer = send_signed(embedded_aws, lister, service, method, path, headers=headers, body=body)
    assert answer.status == 403
    assert b"not authorized to perform" in answer.body


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("kinesisanalytics", "POST", "/"),
        ("documentdb", "POST", "/"),
        ("s3files", "GET", "/x"),
        ("s3", "POST", "/"),
        ("s3", "PATCH", "/operations/secret"),
    ],
)
def test_request_that_names_no_known_operation_is_denied_by_name(
    embedded_aws: EmbeddedAws, lister: Credentials, service: str, method: str, path: str
) -> None:
    answer = send_signed(embedded_aws, lister, service, method, path)
    assert answer.status == 403
    assert "not authorized to perform: unrecognized:" in answer.body.decode()
    assert f"{method} {path}" in answer.body.decode()
    assert b"unrecognized" not in send_signed(embedded_aws, root(embedded_aws), service, method, path).body


def test_plain_requests_pass_when_their_action_is_allowed(
    embedded_aws: EmbeddedAws, lister: Credentials
) -> None:
    assert lister.token
    session = embedded_aws.session(
        aws_access_key_id=lister.access_key,
        aws_secret_access_key=lister.secret_key,
        aws_session_token=lister.token,
    )
    assert session.client("s3").list_buckets()["Buckets"]
    session.client("glue").get_databases()
    session.client("lambda").list_functions()
    assert session.client("iam").list_roles()["Roles"]
    session.client("sqs").list_queues()
    session.client("sns").list_topics()
    session.client("cloudwatch").list_metrics()
    session.client("docdb").describe_db_clusters()
    query = "/?Action=ListRoles&Version=2010-05-08"
    assert send_signed(embedded_aws, lister, "iam", "GET", query).status == 200
    refused = send_signed(embedded_aws, lister, "iam", "GET", query.replace("ListRoles", "ListUsers"))
    assert code(refused) == "AccessDenied"


@pytest.mark.parametrize("service", sorted(set(SERVICE_REGISTRY) - NO_API))
def test_place_of_the_operation_is_that_of_the_services_model(service: str) -> None:
    tables = {**_BOTOCORE_SERVICE_MAP, **request_operations.MODELS, **BOTOCORE}
    models = [
        botocore.session.get_session().get_service_model(name) for name in tables.get(service) or [service]
    ]
    assert {**SERVICE_TO_IAM_NAMESPACE, **request_operations.NAMESPACES}[service]
    for model in models:
        metadata = model.metadata
        protocols = set(metadata.get("protocols", [metadata["protocol"]]))
        path = "/v2/" if service == "ses" else "/"
        assert request_operations.is_rest(service, path) == any(one.startswith("rest") for one in protocols)
        if protocols & {"query", "ec2"}:
            assert service in request_operations.FORMS
        if "targetPrefix" in metadata and service not in BOTOCORE.keys() - {"elasticmapreduce", "states"}:
            prefixes = SERVICE_PATTERNS[service]["target_prefixes"]
            assert f"{metadata['targetPrefix']}.".startswith(tuple(prefixes))
