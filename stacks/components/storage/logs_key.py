"""Who may use the key of log groups, of the trail and of the alarm topic: each service, as it really asks."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam

from stacks.lake_stack import LakeStack

_CONTEXT = "kms:EncryptionContext"


def logs_key_statements(stack: LakeStack, trail_arn: str) -> Sequence[iam.PolicyStatement]:
    """Return the statements of the key's policy beside that of the account itself.

    They stand apart, since the services differ in what they say about for whom they ask: a condition on what
    one of them does not send would refuse it.
    """
    # CloudWatch Logs names the group here without the `:*` that its ARN ends with elsewhere.
    groups = {"ArnLike": {f"{_CONTEXT}:aws:logs:arn": stack.arns.log_groups("")}}
    logs = f"logs.{stack.region}.amazonaws.com"
    through_logs = {"StringEquals": {"kms:CallerAccount": stack.account, "kms:ViaService": logs}, **groups}
    from_account = {"StringEquals": {"aws:SourceAccount": stack.account}}
    from_trail = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return [
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        _statement("CloudWatchLogs", iam.ServicePrincipal(logs), groups, "Encrypt", "Decrypt", "ReEncrypt*",
                   "GenerateDataKey*", "Describe*"),
        # Logs also asks as whoever creates a group, gives it the key or writes to it: Glue's jobs do.
        _statement("ThroughCloudWatchLogs", iam.AnyPrincipal(), through_logs, "Encrypt", "Decrypt",
                   "GenerateDataKey*", "DescribeKey"),
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        _statement("Alarms", iam.ServicePrincipal("cloudwatch.amazonaws.com"), from_account, "Decrypt",
                   "GenerateDataKey*"),
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
        _statement("TrailDescribes", iam.ServicePrincipal("cloudtrail.amazonaws.com"), from_trail,
                   "DescribeKey"),
        _statement("TrailEncrypts", iam.ServicePrincipal("cloudtrail.amazonaws.com"),
                   {**from_trail, "StringLike": {f"{_CONTEXT}:aws:cloudtrail:arn": trail_arn}},
                   "GenerateDataKey*"),
    ]  # fmt: skip


def _statement(
    sid: str, principal: iam.IPrincipal, conditions: Mapping[str, object], *actions: str
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[principal],
        actions=[f"kms:{action}" for action in actions],
        resources=["*"],
        conditions=conditions,
    )
