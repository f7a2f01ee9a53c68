"""What the role of `lake-ops` may do beyond asking for rejected records."""

from aws_cdk import aws_iam as iam

from lakehouse.model.dataset import Layer
from stacks.components.access.statements import READ_OBJECTS, USE_KEY, allow
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources


def let_operate(role: iam.Role, stack: LakeStack, foundation: FoundationResources) -> None:
    """Let a role add to bronze, tell the landing router of files, redrive its queue and start pipelines.

    It can delete no object, and bronze keeps older versions of what it would replace.
    """
    _objects(role, stack, foundation)
    _queues(role, stack)
    arns, naming = stack.arns, stack.naming
    allow(role, ["lambda:InvokeFunction"], [arns.function(naming.resource("stream_transform"))])
    allow(
        role,
        ["states:StartExecution", "states:ListExecutions"],
        [arns.state_machine(f"{naming.prefix}-*")],
        why_wildcard="each domain has a pipeline of its own",
    )
    allow(
        role,
        ["states:DescribeExecution"],
        [arns.executions(f"{naming.prefix}-*")],
        why_wildcard="Step Functions names the runs of pipelines",
    )


def _objects(role: iam.Role, stack: LakeStack, foundation: FoundationResources) -> None:
    arns = stack.arns
    allow(
        role,
        [*READ_OBJECTS, "s3:PutObject"],
        [arns.objects(Layer.BRONZE, "")],
        why_wildcard="what could not be delivered may belong to any dataset",
    )
    allow(role, ["s3:ListBucket"], [arns.bucket(Layer.BRONZE)])
    allow(role, ["s3:ListBucketVersions"], [arns.bucket("landing"), arns.bucket(Layer.QUARANTINE)])
    allow(role, USE_KEY, [foundation.keys[Layer.BRONZE].key_arn])


def _queues(role: iam.Role, stack: LakeStack) -> None:
    """Source: the permissions of StartMessageMoveTask.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    """
    arns, naming = stack.arns, stack.naming
    allow(
        role,
        ["sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage", "sqs:DeleteMessage",
         "sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
        [arns.queue(naming.resource("landing-dead-letters"))],
    )  # fmt: skip
    allow(
        role,
        ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
        [arns.queue(naming.resource("landing"))],
    )
