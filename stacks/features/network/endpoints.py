"""Endpoints of the VPC, each for the actions that roles inside may do, for the lake's roles and resources."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.components.storage.key_policy import lake_roles
from stacks.features.network.place import Place
from stacks.features.network.services import services
from stacks.lake_stack import LakeStack


def service_name(stack: LakeStack, name: str) -> str:
    """Return the name of an endpoint's service."""
    return f"com.amazonaws.{stack.region}.{name}"


def gateway(stack: LakeStack, name: str, place: Place, policy: iam.PolicyDocument) -> str:
    """Make a gateway endpoint, which costs nothing, in all route tables; returns its id."""
    endpoint = ec2.CfnVPCEndpoint(
        stack,
        f"{name.title()}Gateway",
        vpc_id=place.vpc_id,
        service_name=service_name(stack, name),
        vpc_endpoint_type="Gateway",
        route_table_ids=list(place.route_tables),
        policy_document=policy,
    )
    return str(endpoint.attr_id)


def interfaces(
    stack: LakeStack, place: Place, by_prefix: Mapping[str, Sequence[str]], there: Sequence[str]
) -> None:
    """Make an interface endpoint for each service that has none there; it is billed in each subnet.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    scope = Construct(stack, "Interfaces")
    for prefix, actions in by_prefix.items():
        name = services().interface.get(prefix)
        if name is None or name in there:
            continue
        policy = iam.PolicyDocument(statements=[of_the_lake(stack, actions, ["*"])])
        ec2.CfnVPCEndpoint(
            scope,
            "".join(part.title() for part in name.split("-")),
            vpc_id=place.vpc_id,
            service_name=service_name(stack, name),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=list(place.subnets),
            security_group_ids=list(place.endpoints),
            policy_document=policy,
        )


def of_the_lake(stack: LakeStack, actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    """Let the lake's roles do these actions, on resources of the account.

    Not every request has an owner of a resource, as one that puts a metric has none:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
    """
    return iam.PolicyStatement(
        sid="RolesOfTheLake",
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=list(resources),
        conditions={
            "StringEquals": {"aws:PrincipalAccount": stack.account},
            "StringEqualsIfExists": {"aws:ResourceAccount": stack.account},
            "ArnLike": {"aws:PrincipalArn": lake_roles(stack)},
        },
    )


def answers_to_cloudformation(stack: LakeStack) -> iam.PolicyStatement:
    """Let custom resources answer CloudFormation, into a bucket of its own by an address that it signed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html
    """
    bucket = f"cloudformation-custom-resource-response-{stack.settings.region.replace('-', '')}"
    return iam.PolicyStatement(
        sid="AnswersToCloudFormation",
        principals=[iam.AnyPrincipal()],
        actions=["s3:PutObject"],
        resources=[f"arn:{stack.partition}:s3:::{bucket}/*"],
    )
