"""Flow logs of the VPC, in CloudWatch Logs."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from stacks.components.access.statements import allow
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_SERVICE = "vpc-flow-logs.amazonaws.com"
_BY_EC2 = "EC2 writes flow logs; the laptop has no packets to write of"


def log_flows(stack: LakeStack, vpc: ec2.CfnVPC, days: int, foundation: FoundationResources) -> None:
    """Have EC2 log what flows, and what was refused, for as many days.

    The role's rights and trust are AWS's, for this account and one log group:
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    name = f"/aws/vpc/{stack.naming.resource('flows')}"
    group = logs.CfnLogGroup(
        stack,
        "FlowLogs",
        log_group_name=name,
        retention_in_days=days,
        kms_key_id=foundation.logs_key.key_arn,
    )
    source = f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}:vpc-flow-log/*"
    caller = {
        "StringEquals": {"aws:SourceAccount": stack.account},
        "ArnLike": {"aws:SourceArn": source},
    }
    role = iam.Role(
        stack,
        "FlowLogsRole",
        assumed_by=iam.ServicePrincipal(_SERVICE, conditions=caller),
        description="Lets EC2 write flow logs",
    )
    allow(
        role,
        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        [stack.arns.log_group(name)],
        why_wildcard="EC2 names the log streams after network interfaces",
        not_asked=_BY_EC2,
    )
    allow(
        role,
        ["logs:DescribeLogGroups"],
        ["*"],
        why_wildcard="EC2 looks for the group by its name in a list, which has no resource",
        not_asked=_BY_EC2,
    )
    flows = ec2.CfnFlowLog(
        stack,
        "Flows",
        resource_id=vpc.attr_vpc_id,
        resource_type="VPC",
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_group_name=name,
        deliver_logs_permission_arn=role.role_arn,
    )
    flows.node.add_dependency(group, role)
