"""Least-privilege statements: exact actions on named resources.

The grant methods of the CDK's own constructs use action wildcards (`s3:GetObject*`), which is why the
lake's roles are written with these instead. A wildcard that remains in a resource, such as the prefix of
a domain, is acknowledged where it is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from config.naming import Naming
from stacks.policies.acknowledgements import acknowledge, acknowledge_compliance

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:PutObject", "s3:AbortMultipartUpload")
REPLACE_OBJECTS = (*READ_OBJECTS, *WRITE_OBJECTS, "s3:DeleteObject")
LAMBDA = "lambda.amazonaws.com"
API_GATEWAY = "apigateway.amazonaws.com"
FIREHOSE = "firehose.amazonaws.com"
USE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")

NOT_ASKED = "lake:not-asked-on-the-laptop"
"""Type of the metadata that tells why a run on the laptop does not ask for what a role may do."""

_ABORT = "s3:AbortMultipartUpload"
MISSING_OBJECT = (
    "S3 looks at it where an object is missing, to answer 404; the laptop answers so to everybody"
)

_ON_BEHALF = {
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    "states.amazonaws.com": "aws:SourceAccount",
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    "scheduler.amazonaws.com": "aws:SourceAccount",
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
    "pipes.amazonaws.com": "aws:SourceAccount",
    # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
    FIREHOSE: "sts:ExternalId",
}
"""Condition key by which a service says for which account it assumes a role, where AWS documents one.

Glue, DMS, Lambda and API Gateway are not documented to send any. A condition on a key that is not sent
refuses the service, and with it the first deployment.
"""


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

    def log_groups(self, prefix: str) -> str:
        """Log groups whose names start so, and their streams: the form with and that without `:*`.

        Which form a request has depends on its action, and in a policy `*` stands for colons too.
        """
        return self._regional("logs", f"log-group:{prefix}*")

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

    def rule(self, name: str) -> str:
        """One EventBridge rule of the default bus."""
        return self._regional("events", f"rule/{name}")

    def executions(self, machine: str) -> str:
        """Every execution of one Step Functions state machine."""
        return self._regional("states", f"execution:{machine}:*")

    def default_database(self) -> str:
        """The database `default`, which Athena asks for whatever a query reads."""
        return self._regional("glue", "database/default")

    def data_catalogs(self) -> list[str]:
        """The Glue Data Catalog, as Athena names it, and as libraries write its name."""
        return [
            self._regional("athena", f"datacatalog/{name}") for name in ("AwsDataCatalog", "awsdatacatalog")
        ]

    def workgroup(self, persona: str) -> str:
        """The Athena work group of a persona."""
        return self._regional("athena", f"workgroup/{self.naming.resource(persona)}")


def service_role(
    scope: Construct, construct_id: str, service: str, description: str, *, name: str | None = None
) -> iam.Role:
    """Make a role that one AWS service may assume, for this account alone where the service says for whom.

    Elsewhere `iam:PassRole` guards it: a role can be given to a service only by principals of its account.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    key = _ON_BEHALF.get(service)
    on_behalf = {"StringEquals": {key: cdk.Stack.of(scope).account}} if key else {}
    return iam.Role(
        scope,
        construct_id,
        role_name=name,
        assumed_by=iam.ServicePrincipal(service, conditions=on_behalf),
        description=description,
    )


def list_bucket(role: iam.Role, bucket_arn: str) -> None:
    """Let a role list a whole bucket, as whoever asks whether an object exists must.

    Iceberg's S3FileIO asks before it writes a file. S3 answers such a request 404 only to those who may list
    the bucket, else 403, and the request names no prefix that a condition could compare.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    allow(role, ["s3:ListBucket"], [bucket_arn], not_asked=MISSING_OBJECT)


def read_secrets(role: iam.Role, secrets: Iterable[secretsmanager.ISecret]) -> None:
    """Let a role read secrets, of which those of another environment are known by their names alone.

    Six characters that nobody chooses end the ARN of each:
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
    """
    arns = [each.secret_full_arn or f"{each.secret_arn}-??????" for each in secrets]
    allow(role, ["secretsmanager:GetSecretValue"], arns)


def allow(
    role: iam.Role,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    why_wildcard: str = "",
    conditions: dict[str, object] | None = None,
    not_asked: str = "",
    asked_when: str = "",
) -> None:
    """Let a role do exactly these actions on exactly these resources.

    What nothing asks for in a run of the whole lake on the laptop is either not needed, or has its reason
    here: `tests/local/lake/test_permissions.py` compares.

    Args:
        role: The role that gets the statement.
        actions: IAM actions without wildcards.
        resources: ARNs; one with a wildcard needs `why_wildcard`.
        why_wildcard: Reason that a resource cannot be named exactly.
        conditions: IAM condition block.
        not_asked: Why AWS asks for some of it, and the laptop never does.
        asked_when: What has to happen for some of it to be asked for, which not every run sees.

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
    _tell(role, not_asked, "never", actions, resources)
    _tell(role, asked_when, "sometimes", actions, resources)
    if _ABORT in actions:
        _tell(role, "an upload is aborted where it fails", "sometimes", [_ABORT], resources)
    acknowledge_compliance(
        role, "IAMNoInlinePolicy", "the policy is of this role alone: it comes, changes and goes with it"
    )
    role.add_to_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
    )


def tell_asked_when(role: iam.Role, reason: str) -> None:
    """Tell what has to happen for anything to be asked for as a role, which not every run sees."""
    _tell(role, reason, "sometimes", ["*"], ["*"])


def _tell(role: iam.Role, reason: str, asked: str, actions: Sequence[str], resources: Sequence[str]) -> None:
    if reason:
        said = {"reason": reason, "asked": asked, "actions": list(actions), "resources": list(resources)}
        role.node.add_metadata(NOT_ASKED, said)
