"""Log groups: encrypted with the logs key, kept as long as the environment says."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.lake_stack import KEEP, LakeStack


def log_group(stack: LakeStack, scope: Construct, name: str, key: kms.IKey) -> logs.CfnLogGroup:
    """Make the log group of this name in `scope`, by the settings of `stack`."""
    group = logs.CfnLogGroup(
        scope,
        "Logs",
        log_group_name=name,
        retention_in_days=stack.settings.alarms.log_retention_days,
        kms_key_id=key.key_arn,
    )
    group.apply_removal_policy(KEEP)
    return group
