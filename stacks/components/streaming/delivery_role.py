"""What the Firehose of a stream may do: read it, write to its folders, and use what prepares its records."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from lakehouse.model.dataset import Layer
from stacks.components.access.statements import (
    FIREHOSE,
    READ_OBJECTS,
    USE_KEY,
    WRITE_OBJECTS,
    allow,
    service_role,
)
from stacks.components.streaming.stream_route import LOG_STREAM, Route
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_BY_AWS = "AWS's page demands it; the laptop's Firehose finds the shards otherwise, and only puts objects"


def delivery_role(
    scope: Construct, stack: LakeStack, foundation: FoundationResources, route: Route, *, stream_arn: str
) -> iam.Role:
    """Make the role in `scope`.

    https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
    """
    arns = stack.arns
    role = service_role(scope, "Role", FIREHOSE, f"Delivers {route.name} to bronze")
    allow(
        role,
        [
            "kinesis:DescribeStream",
            "kinesis:GetShardIterator",
            "kinesis:GetRecords",
            "kinesis:ListShards",
        ],
        [stream_arn],
        not_asked=_BY_AWS,
    )
    allow(
        role,
        (*READ_OBJECTS, *WRITE_OBJECTS),
        [arns.objects("bronze", folder) for folder in (*route.folders, route.errors)],
        why_wildcard="Firehose names the objects that it writes under the dataset's prefix",
        not_asked=_BY_AWS,
    )
    allow(
        role,
        ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        [arns.bucket("bronze")],
        not_asked=_BY_AWS,
    )
    allow(role, USE_KEY, [foundation.keys[Layer.BRONZE].key_arn], not_asked=_BY_AWS)
    log_stream = arns.log_stream(route.log_group, LOG_STREAM)
    allow(role, ["logs:PutLogEvents"], [log_stream], asked_when="a record cannot be delivered")
    if route.transform:
        # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
        function = route.transform.function.function_arn
        allow(
            role,
            ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"],
            [function, f"{function}:$LATEST"],
            not_asked="Firehose asks for the version that it invokes, the laptop for the function",
        )
    if route.conversion:
        route.conversion.let_read(role, stack)
    return role
