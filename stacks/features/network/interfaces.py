"""What lets Lambda and Glue make network interfaces for what runs inside.

One managed policy for functions and one for jobs: a role has its rights from the moment in which it is made,
and Lambda tries them as it makes a function.
"""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.features.network.place import Place
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge

_NO_RESOURCE = "EC2 knows no resource of what is only described"
_UNKNOWN = "interfaces are named when they are made; they lie in the network's subnets and groups alone"
CONNECTION = "glue:GetConnection"
"""Asked for as a job; AWS does not say whether from inside."""

_GLUE_TAG = "aws-glue-service-resource"


def let_functions_in(stack: LakeStack, place: Place) -> iam.ManagedPolicy:
    """Let Lambda use the network for functions, and their code not.

    Lambda asks with the function's role. What code asks for names the function, and is denied.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    arns = _Arns(stack)
    describe = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
    own = ("ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses")
    return _policy(
        stack,
        "FunctionInterfaces",
        "function-interfaces",
        "Lets Lambda make network interfaces for functions of the lake",
        [
            _allow(describe, ["*"]),
            _allow(("ec2:CreateNetworkInterface",), arns.of_interfaces(place, place.functions)),
            _allow(own, [arns.interfaces]),
            iam.PolicyStatement(
                sid="NotTheirCode",
                effect=iam.Effect.DENY,
                actions=[*describe, *own, "ec2:CreateNetworkInterface"],
                resources=["*"],
                conditions={
                    "ArnLike": {"lambda:SourceFunctionArn": stack.arns.function(f"{stack.naming.prefix}-*")}
                },
            ),
        ],
    )


def let_jobs_in(stack: LakeStack, place: Place) -> tuple[list[str], iam.ManagedPolicy]:
    """Make a connection for each subnet, and let Glue use them for jobs; returns their names.

    A job takes the first one whose subnet can be used:
    https://docs.aws.amazon.com/glue/latest/dg/vpc-failover-behavior-error-10.html
    The rights are those of AWS's policy for jobs, on what they are needed for:
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html
    """
    names = _connections(stack, place)
    arns = _Arns(stack)
    describe = (
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints",
    )  # fmt: skip
    tags = _allow(("ec2:CreateTags", "ec2:DeleteTags"), [arns.interfaces])
    tags.add_condition("ForAllValues:StringEquals", {"aws:TagKeys": [_GLUE_TAG]})
    tags.add_condition("Null", {"aws:TagKeys": "false"})
    policy = _policy(
        stack,
        "JobInterfaces",
        "job-interfaces",
        "Lets Glue make network interfaces for jobs of the lake",
        [
            _allow(describe, ["*"]),
            _allow(("ec2:CreateNetworkInterface",), arns.of_interfaces(place, place.jobs)),
            _allow(("ec2:DeleteNetworkInterface",), [arns.interfaces]),
            tags,
            _allow((CONNECTION,), [stack.arns.catalog(), *map(arns.connection, names)]),
        ],
    )
    return names, policy


def _connections(stack: LakeStack, place: Place) -> list[str]:
    scope = Construct(stack, "Connections")
    names = []
    for letter, (subnet, zone) in zip(ascii_lowercase, place.subnets.items(), strict=False):
        name = stack.naming.resource("network", letter)
        names.append(name)
        glue.CfnConnection(
            scope,
            letter.upper(),
            catalog_id=stack.account,
            connection_input=glue.CfnConnection.ConnectionInputProperty(
                name=name,
                connection_type="NETWORK",
                physical_connection_requirements=glue.CfnConnection.PhysicalConnectionRequirementsProperty(
                    availability_zone=zone, subnet_id=subnet, security_group_id_list=list(place.jobs)
                ),
            ),
        )
    return names


class _Arns:
    """ARNs of EC2."""

    def __init__(self, stack: LakeStack) -> None:
        self._stack = stack
        self.interfaces = self._of("network-interface/*")

    def _of(self, resource: str, service: str = "ec2") -> str:
        stack = self._stack
        return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{resource}"

    def connection(self, name: str) -> str:
        return self._of(f"connection/{name}", "glue")

    def of_interfaces(self, place: Place, groups: Sequence[str]) -> list[str]:
        """All that is named where an interface is made."""
        subnets = [self._of(f"subnet/{each}") for each in place.subnets]
        return [self.interfaces, *subnets, *(self._of(f"security-group/{each}") for each in groups)]


def _allow(actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def _policy(
    stack: LakeStack,
    construct_id: str,
    name: str,
    description: str,
    statements: Sequence[iam.PolicyStatement],
) -> iam.ManagedPolicy:
    policy = iam.ManagedPolicy(
        stack,
        construct_id,
        managed_policy_name=stack.naming.resource(name),
        description=description,
        statements=list(statements),
    )
    reasons: Mapping[str, str] = {"*": _NO_RESOURCE, _Arns(stack).interfaces: _UNKNOWN}
    for resource, reason in reasons.items():
        acknowledge(policy, f"AwsSolutions-IAM5[Resource::{resource}]", reason)
    return policy
