"""What can be reached from outside of the account and could not be before."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tools.assembly.assembly import Resource
from tools.assembly.policies import resource_policies, roles
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.statements import Right, rights

_WHY = "whoever finds it can try it"

_DOORS = (
    "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::AppSync::GraphQLApi",
    "AWS::CloudFront::Distribution", "AWS::EC2::EIP", "AWS::EC2::InternetGateway",
    "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Lambda::Url", "AWS::Transfer::Server",
)  # fmt: skip
"""Types that have an address on the internet, whatever they ask of who comes."""

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

_BOUNDED = {
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce",
    "aws:sourceip", "kms:calleraccount", "lambda:functionurlauthtype",
}  # fmt: skip
"""Keys by which a policy that lets everybody in lets in some alone.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

_ANYWHERE = {"0.0.0.0/0", "::/0"}


def opened(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield what is open, and was not, or was not there."""
    before = set(_open(old))
    yield from (
        Finding(Kind.PUBLIC, place, what, _WHY)
        for place, what in dict.fromkeys(_open(new))
        if (place, what) not in before
    )


def _open(deployment: Deployment) -> Iterator[tuple[str, str]]:
    for place, resource in deployment.resources.items():
        if resource.kind in _DOORS and resource.properties.get("Scheme") != "internal":
            yield place, f"a door to the internet: {resource.kind}"
        for ask in _ASKED:
            yield from ((place, what) for what in ask(resource))
    for policy in resource_policies(deployment.assembly).values():
        owner = deployment.assembly.at(policy.arn)
        for what in _to_everybody(rights(policy.document)):
            yield str(owner) if owner else policy.arn, what
    for role in roles(deployment.assembly).values():
        for what in _to_everybody(rights(role.trust)):
            yield str(role.resource), what


def _to_everybody(found: Iterator[Right]) -> Iterator[str]:
    for right in found:
        bounded = any(each.key.lower() in _BOUNDED for each in right.conditions)
        if right.allows and right.who in ("*", "CanonicalUser *") and not bounded:
            yield f"everybody may {right.action} on {right.resource}"


def _blocks(resource: Resource) -> Iterator[str]:
    if resource.kind == "AWS::S3::Bucket":
        found = resource.properties.get("PublicAccessBlockConfiguration", {})
        for each in _BLOCKS:
            if str(found.get(each)).lower() != "true":
                yield f"{each} is off"
        if str(resource.properties.get("AccessControl", "")).startswith(("Public", "Authenticated")):
            yield f"AccessControl is {resource.properties['AccessControl']}"


def _ingress(resource: Resource) -> Iterator[str]:
    rules = resource.properties.get("SecurityGroupIngress", [])
    if resource.kind == "AWS::EC2::SecurityGroupIngress":
        rules = [resource.properties]
    for rule in rules if isinstance(rules, list) else []:
        for key in ("CidrIp", "CidrIpv6"):
            if rule.get(key) in _ANYWHERE:
                ports = f"{rule.get('FromPort', 'any')} to {rule.get('ToPort', 'any')}"
                yield f"{rule[key]} may reach ports {ports}"


def _flags(resource: Resource) -> Iterator[str]:
    yield from (f"{path} is on" for path in _on(resource.properties))
    method = resource.kind == "AWS::ApiGateway::Method" and resource.properties.get("HttpMethod") != "OPTIONS"
    if method and resource.properties.get("AuthorizationType", "NONE") == "NONE":
        yield "callers need not say who they are"


def _on(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("PubliclyAccessible", "MapPublicIpOnLaunch", "AssociatePublicIpAddress"):
                if str(inner).lower() == "true":
                    yield key
            else:
                yield from _on(inner)
    elif isinstance(value, list):
        for each in value:
            yield from _on(each)


_ASKED: tuple[Callable[[Resource], Iterator[str]], ...] = (_blocks, _ingress, _flags)
