"""The role by which API Gateway writes logs: one for all APIs of an account in a region."""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from config.naming import OUTLIVES
from stacks.components.access.statements import API_GATEWAY, allow, service_role
from stacks.lake_stack import KEEP

_ACTIONS = [
    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
    "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents",
]  # fmt: skip
"""What API Gateway demands of the role before it accepts it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""


class ApiLogging(Construct):
    """Lets API Gateway write logs.

    It outlives its environment: to delete it would silence every other API of the account.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Set the role of the account and region that the stack of `scope` is deployed to."""
        super().__init__(scope, construct_id)
        role = service_role(self, "Role", API_GATEWAY, "Writes the logs of every API of this region")
        allow(
            role,
            _ACTIONS,
            ["*"],
            why_wildcard="it serves all APIs, of others too, and AWS checks it",
            not_asked="API Gateway writes the logs of an account under it; the laptop writes none",
        )
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.node.add_dependency(role)
        for kept in (
            role.node.default_child,
            role.node.find_child("DefaultPolicy").node.default_child,
            account,
        ):
            if not isinstance(kept, cdk.CfnResource):
                raise TypeError(f"got {type(kept).__name__}; allowed: CfnResource")
            kept.apply_removal_policy(KEEP)
            kept.add_metadata(OUTLIVES, "every API of the account writes its logs by this role")
