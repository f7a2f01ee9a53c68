"""The web ACL of the APIs: it counts the requests of each address, and blocks one that sends too many."""

import json

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from stacks.features.click_api.settings import ADDRESS_WINDOW_SECONDS
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge_compliance

_TOO_MANY = "TooMany"


class WebAcl(Construct):
    """Answers 429 to an address that sent more than its share within five minutes, for as long.

    One for all APIs of the lake, since AWS charges for each. Its answer takes precedence over those of API
    Gateway. It keeps no sample of requests, which would hold addresses.
    https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stack: LakeStack, requests: int, message: str
    ) -> None:
        """Build the ACL; beyond so many `requests`, senders are told the `message`."""
        super().__init__(scope, construct_id)
        name = stack.naming.resource("apis")
        body = wafv2.CfnWebACL.CustomResponseBodyProperty(
            content_type="APPLICATION_JSON", content=json.dumps({"message": message})
        )
        self._resource = wafv2.CfnWebACL(
            self,
            "Resource",
            name=name,
            description="Limits the requests of each address to the APIs of the lake",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            custom_response_bodies={_TOO_MANY: body},
            visibility_config=_visibility(name),
            rules=[_rule(f"{name}-address", requests)],
        )
        private = "its log would hold the address of everybody who sent a record"
        acknowledge_compliance(self._resource, "WAFv2LoggingEnabled", private)

    @property
    def arn(self) -> str:
        """By which stages of APIs are associated with it."""
        return self._resource.attr_arn


def _rule(name: str, requests: int) -> wafv2.CfnWebACL.RuleProperty:
    retry = wafv2.CfnWebACL.CustomHTTPHeaderProperty(name="Retry-After", value=str(ADDRESS_WINDOW_SECONDS))
    answer = wafv2.CfnWebACL.CustomResponseProperty(
        response_code=429, custom_response_body_key=_TOO_MANY, response_headers=[retry]
    )
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=0,
        action=wafv2.CfnWebACL.RuleActionProperty(
            block=wafv2.CfnWebACL.BlockActionProperty(custom_response=answer)
        ),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=requests, evaluation_window_sec=ADDRESS_WINDOW_SECONDS
            )
        ),
        visibility_config=_visibility(name),
    )


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
