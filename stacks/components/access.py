"""Least-privilege statements: exact actions on named resources.

The grant methods of the CDK's own constructs use action wildcards (`s3:GetObject*`), which is why the
lake's roles are written with these instead. A wildcard that remains in a resource, such as the prefix of
a domain, is acknowledged where it is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.naming import Naming
from stacks.policies.acknowledgements import acknowledge

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:PutObject", "s3:AbortMultipartUpload")
REPLACE_OBJECTS = (*READ_OBJECTS, *WRITE_OBJECTS, "s3:DeleteObject")
LAMBDA = "lambda.amazonaws.com"
API_GATEWAY = "apigateway.amazonaws.com"
USE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")


@dataclass(frozen=True)
class Arns:
    """ARNs of resources whose physical names are known before they are deployed."""

    naming: Naming
    partition: str

    def _regional(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.naming.region}:{self.naming.account}:{resource}"

    def bucket(self, role: str) -> str:
        """The bucket with this role."""
        return f"arn:{self.partition}:s3:::{self.naming.bucket(role)}"

    def objects(self, role: str, prefix: str) -> str:
        """Objects below a prefix that ends with a slash."""
        return f"{self.bucket(role)}/{prefix}*"

    def catalog(self) -> str:
        """The Glue Data Catalog, which every catalog call names beside its database."""
        return self._regional("glue", "catalog")

    def database(self, layer: str, domain: str) -> str:
        """One Glue database."""
        return self._regional("glue", f"database/{self.naming.database(layer, domain)}")

    def tables(self, layer: str, domain: str) -> str:
        """Every table of one Glue database."""
        return self._regional("glue", f"table/{self.naming.database(layer, domain)}/*")

    def table(self, layer: str, domain: str, name: str) -> str:
        """One Glue table."""
        return self._regional("glue", f"table/{self.naming.database(layer, domain)}/{name}")

    def log_group(self, name: str) -> str:
        """Log streams of one log group."""
        return self._regional("logs", f"log-group:{name}:*")

    def log_stream(self, group: str, stream: str) -> str:
        """One log stream."""
        return self._regional("logs", f"log-group:{group}:log-stream:{stream}")

    def role(self, name: str) -> str:
        """One IAM role that has a physical name."""
        return f"arn:{self.partition}:iam::{self.naming.account}:role/{name}"

    def job(self, name: str) -> str:
        """One Glue job."""
        return self._regional("glue", f"job/{name}")

    def function(self, name: str) -> str:
        """One Lambda function."""
        return self._regional("lambda", f"function:{name}")

    def state_machine(self, name: str) -> str:
        """One Step Functions state machine."""
        return self._regional("states", f"stateMachine:{name}")

    def queue(self, name: str) -> str:
        """One SQS queue."""
        return self._regional("sqs", name)

    def executions(self, machine: str) -> str:
        """Every execution of one Step Functions state machine."""
        return self._regional("states", f"execution:{machine}:*")

    def workgroup(self, persona: str) -> str:
        """The Athena work group of a persona."""
        return self._regional("athena", f"workgroup/{self.naming.resource(persona)}")


def service_role(
    scope: Construct, construct_id: str, service: str, description: str, *, name: str | None = None
) -> iam.Role:
    """Make a role that one AWS service may assume, and only on behalf of this account.

    Lambda and API Gateway are the exceptions: they are not documented to say for whom they assume a role,
    and a role can be given to them by principals of this account only, who need `iam:PassRole` for it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    account = cdk.Stack.of(scope).account
    silent = service in (LAMBDA, API_GATEWAY)
    on_behalf = {} if silent else {"StringEquals": {"aws:SourceAccount": account}}
    return iam.Role(
        scope,
        construct_id,
        role_name=name,
        assumed_by=iam.ServicePrincipal(service, conditions=on_behalf),
        description=description,
    )


def allow(
    role: iam.Role,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    why_wildcard: str = "",
    conditions: dict[str, object] | None = None,
) -> None:
    """Let a role do exactly these actions on exactly these resources.

    Args:
        role: The role that gets the statement.
        actions: IAM actions without wildcards.
        resources: ARNs; one with a wildcard needs `why_wildcard`.
        why_wildcard: Reason that a resource cannot be named exactly.
        conditions: IAM condition block.

    Raises:
        ValueError: An action has a wildcard, or a resource has one without a reason.
    """
    if any("*" in action for action in actions):
        raise ValueError(f"got {list(actions)}; allowed: actions without wildcards; fix: name each action")
    for resource in resources:
        if "*" in resource:
            if not why_wildcard:
                raise ValueError(f"got {resource}; allowed: a wildcard with a reason; fix: pass why_wildcard")
            acknowledge(role, f"AwsSolutions-IAM5[Resource::{resource}]", why_wildcard)
    role.add_to_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
    )
