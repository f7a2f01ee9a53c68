"""Lambda functions from `lambda_src`, with the one layer of third-party code."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from stacks.components.access.assets import read_asset
from stacks.components.access.statements import LAMBDA, allow, service_role
from stacks.components.functions.runtime_layer import LAMBDA_SRC, runtime_layer
from stacks.components.monitoring.log_group import log_group
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import HIPAA, NIST, acknowledge_compliance

_ACKNOWLEDGED = (
    (
        "LambdaConcurrency",
        "a new account may run ten functions at once, and what is reserved is taken from the others: the "
        "queue, the shards and CloudFormation limit how many run",
        (HIPAA, NIST),
    ),
    (
        "LambdaDLQ",
        "who hands work over keeps it or tells: the queue has a dead-letter queue, Firehose writes what "
        "failed to bronze, CloudFormation fails the stack",
        (HIPAA, NIST),
    ),
)


class PythonFunction(Construct):
    """One function: its own role, log group and settings.

    Code is deployed as it stands, without bundling, so synthesis needs no container and no network. It is
    named after its package, unless `name` tells it from others of the same package.
    """

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        package: str,
        description: str,
        environment: Mapping[str, str],
        timeout: cdk.Duration,
        memory_mebibytes: int,
        logs_key: kms.IKey,
        name: str = "",
    ) -> None:
        """Deploy `lambda_src/<package>/handler.py` with these settings as environment variables."""
        super().__init__(scope, construct_id)
        name = name or scope.naming.resource(package)
        self.role = service_role(self, "Role", LAMBDA, f"Runs {name}")
        allow(
            self.role,
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [scope.arns.log_group(f"/aws/lambda/{name}")],
            why_wildcard="Lambda names its own log streams",
            not_asked="Lambda logs under the function's role; the laptop logs under none",
        )
        group = log_group(scope, self, f"/aws/lambda/{name}", logs_key)
        self.function = lambda_.Function(
            self,
            "Resource",
            function_name=name,
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(
                str(LAMBDA_SRC), exclude=["**/__pycache__/**"], ignore_mode=cdk.IgnoreMode.GLOB
            ),
            handler=f"{package}.handler.handler",
            layers=[runtime_layer(scope)],
            role=self.role,
            environment={
                "POWERTOOLS_SERVICE_NAME": package,
                "POWERTOOLS_METRICS_NAMESPACE": metrics_namespace(scope),
                **environment,
            },
            timeout=timeout,
            memory_size=memory_mebibytes,
            log_group=logs.LogGroup.from_log_group_name(self, "LogsName", group.ref),
            retry_attempts=0,  # queues redeliver by themselves; CloudFormation must not be answered twice
        )
        scope.functions.append(self.function)
        self._acknowledge()

    def _acknowledge(self) -> None:
        for rule, reason, packs in _ACKNOWLEDGED:
            acknowledge_compliance(self.function, rule, reason, packs=packs)

    def allow(
        self,
        actions: list[str],
        resources: list[str],
        *,
        why_wildcard: str = "",
        not_asked: str = "",
        asked_when: str = "",
    ) -> None:
        """Let the function do exactly these actions on exactly these resources."""
        allow(
            self.role,
            actions,
            resources,
            why_wildcard=why_wildcard,
            not_asked=not_asked,
            asked_when=asked_when,
        )

    def read_asset(self, asset: s3_assets.Asset) -> None:
        """Let the function read one deployed file."""
        read_asset(self.role, asset)


def metrics_namespace(stack: LakeStack) -> str:
    """CloudWatch namespace of the lake's own metrics in one environment."""
    return f"{stack.settings.project}/{stack.settings.environment}"
