"""Who may use the key of log groups and of the alarm topic: each service, as it really asks."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from stacks.components.storage.data_keys import key
from stacks.components.storage.key_policy import CONTEXT, administration, lake_roles, statement, use
from stacks.lake_stack import LakeStack


def logs_key(stack: LakeStack) -> kms.Key:
    """Make the key."""
    # Pipelines tell of failures by the topic, which encrypts as they do:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    publishing = use(stack, "RolesThatPublish", lake_roles(stack), ["sns"])
    return key(
        stack,
        "Logs",
        "Encrypts log groups, the audit trail and the alarm topic",
        [*administration(stack), *_services(stack), publishing],
    )


def _services(stack: LakeStack) -> list[iam.PolicyStatement]:
    """Return what the services ask for.

    They stand apart, since the services differ in what they say about for whom they ask: a condition on what
    one of them does not send would refuse it.
    """
    # CloudWatch Logs names the group here without the `:*` that its ARN ends with elsewhere.
    groups = {"ArnLike": {f"{CONTEXT}:aws:logs:arn": stack.arns.log_groups("")}}
    logs = f"logs.{stack.region}.amazonaws.com"
    through_logs = {"StringEquals": {"kms:CallerAccount": stack.account, "kms:ViaService": logs}, **groups}
    from_account = {"StringEquals": {"aws:SourceAccount": stack.account}}
    return [
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        statement("CloudWatchLogs", iam.ServicePrincipal(logs), groups, "Encrypt", "Decrypt", "ReEncrypt*",
                   "GenerateDataKey*", "Describe*"),
        # Logs also asks as whoever creates a group, gives it the key or writes to it: Glue's jobs do.
        statement("ThroughCloudWatchLogs", iam.AnyPrincipal(), through_logs, "Encrypt", "Decrypt",
                   "GenerateDataKey*", "DescribeKey"),
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        statement("Alarms", iam.ServicePrincipal("cloudwatch.amazonaws.com"), from_account, "Decrypt",
                   "GenerateDataKey*"),
    ]  # fmt: skip
