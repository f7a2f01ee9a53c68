"""What watches over an API that anybody may call."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.components.monitoring.alarms import alarm
from stacks.policies.acknowledgements import NIST, PCI, acknowledge, acknowledge_compliance

_NAMESPACE = "AWS/ApiGateway"
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"""


def limit_addresses(scope: Construct, stage: apigateway.Stage, web_acl_arn: str | None) -> None:
    """Have a web ACL judge the requests to a stage; None: there is none."""
    if web_acl_arn is None:
        why = "`api.requests_per_address` is null: the environment pays for no web ACL"
        acknowledge(stage, "AwsSolutions-APIG3", why)
        acknowledge_compliance(stage, "APIGWAssociatedWithWAF", why, packs=(NIST, PCI))
        return
    from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 (slow to import)

    wafv2.CfnWebACLAssociation(
        scope, "WebAclAssociation", resource_arn=stage.stage_arn, web_acl_arn=web_acl_arn
    )


def tell_failures(scope: Construct, *, name: str, stage: str, subject: str, topic: sns.ITopic) -> None:
    """Raise an alarm when the API of a dataset, the `subject`, could not store a record."""
    alarm(
        scope,
        "Refusals",
        name=f"{name}-api-failures",
        description=f"The API of {subject} could not store records: read its execution log",
        runbook="api-failures",
        namespace=_NAMESPACE,
        metric="5XXError",
        dimensions={"ApiName": name, "Stage": stage},
        statistic="Sum",
        period_seconds=300,
        threshold=0,
        topic=topic,
    )


def tell_requests(
    scope: Construct, *, name: str, stage: str, subject: str, topic: sns.ITopic, per_hour: int
) -> None:
    """Raise an alarm when more requests came within an hour: by a fault of a sender, or an attack."""
    alarm(
        scope,
        "Requests",
        name=f"{name}-api-requests",
        description=(
            f"The API of {subject} got more than {per_hour:,} requests in an hour, and each costs: read its "
            "access log; lower the limits in `api`, or raise `alarm_requests_per_hour`"
        ),
        runbook="api-requests",
        namespace=_NAMESPACE,
        metric="Count",
        dimensions={"ApiName": name, "Stage": stage},
        statistic="Sum",
        period_seconds=3600,
        threshold=per_hour,
        topic=topic,
    )
