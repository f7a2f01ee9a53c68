"""The function that brings into silver what is little, beside the Glue job for what is more."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from config.processing import FunctionSettings
from stacks.components.functions.native_layer import ARCHITECTURES, RUNTIMES, native_layer
from stacks.components.functions.python_function import metrics_namespace
from stacks.components.jobs.spark_job import GLUE_SCRIPTS, code_version
from stacks.components.monitoring.alarms import alarm
from stacks.components.monitoring.log_group import log_group
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import (
    HIPAA,
    NIST,
    acknowledge,
    acknowledge_compliance,
)
from stacks.resources import FoundationResources

_ACKNOWLEDGED = (
    (
        "LambdaConcurrency",
        "a new account may run ten functions at once, and what is reserved is taken from the others: the "
        "pipeline limits how many run",
        (HIPAA, NIST),
    ),
    (
        "LambdaDLQ",
        "the pipeline waits for its answer, and hands over to Glue what failed",
        (HIPAA, NIST),
    ),
)


def silver_function_name(stack: LakeStack, domain: str) -> str:
    """Return the physical name of a domain's function."""
    return stack.naming.resource(domain, "silver")


class SilverFunction(Construct):
    """One domain's function, which works on the datasets that it is invoked for."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        domain: str,
        role: iam.Role,
        manifest: s3_assets.Asset,
        settings: FunctionSettings,
        foundation: FoundationResources,
    ) -> None:
        """Run `glue_scripts/functions/silver.py` under `role`."""
        super().__init__(scope, construct_id)
        self.name, self.role, self.settings = silver_function_name(scope, domain), role, settings
        group = log_group(scope, self, f"/aws/lambda/{self.name}", foundation.logs_key)
        self.function = lambda_.Function(
            self,
            "Resource",
            function_name=self.name,
            description=f"Brings what is little into silver of the {domain} domain",
            runtime=RUNTIMES[settings.python],
            architecture=ARCHITECTURES[settings.architecture],
            code=lambda_.Code.from_asset(
                str(GLUE_SCRIPTS),
                exclude=["**/__pycache__/**", "jobs/**", "jobs"],
                ignore_mode=cdk.IgnoreMode.GLOB,
            ),
            handler="functions.silver.handler",
            layers=[native_layer(scope, settings)],
            role=role,
            environment={
                "MANIFEST": manifest.s3_object_url,
                "METRICS_NAMESPACE": metrics_namespace(scope),
                "CODE_VERSION": code_version(),
                "MAX_MEBIBYTES": str(settings.max_mebibytes),
            },
            timeout=cdk.Duration.seconds(settings.timeout_seconds),
            memory_size=settings.memory_mebibytes,
            ephemeral_storage_size=cdk.Size.mebibytes(settings.storage_mebibytes),
            log_group=logs.LogGroup.from_log_group_name(self, "LogsName", group.ref),
        )
        self.function.node.add_dependency(role)
        self._acknowledge(self.function, settings)
        scope.functions.append(self.function)
        self._alarms(domain, settings, foundation)

    def _acknowledge(self, function: lambda_.Function, settings: FunctionSettings) -> None:
        for rule, reason, packs in _ACKNOWLEDGED:
            acknowledge_compliance(function, rule, reason, packs=packs)
        if RUNTIMES[settings.python] is not RUNTIMES["3.14"]:
            acknowledge(function, "AwsSolutions-L1", "a laptop runs functions by its own Python")

    def _alarms(self, domain: str, settings: FunctionSettings, foundation: FoundationResources) -> None:
        percent = cast("LakeStack", cdk.Stack.of(self)).settings.alarms.function_time_percent
        self._alarm(
            "Errors",
            f"The function failed and Glue did its work: see the log of {self.name}",
            "Sum",
            0,
            foundation,
        )
        self._alarm(
            "Duration",
            f"A run for {domain} took {percent} % of the time that the function has: lower "
            "`processing.function.max_mebibytes`, or give it more memory",
            "Maximum",
            percent * settings.timeout_seconds * 10,
            foundation,
        )

    def _alarm(
        self, metric: str, description: str, statistic: str, threshold: float, foundation: FoundationResources
    ) -> None:
        alarm(
            self,
            metric,
            name=f"{self.name}-{metric.lower()}",
            description=description,
            runbook=f"silver-{metric.lower()}",
            namespace="AWS/Lambda",
            metric=metric,
            dimensions={"FunctionName": self.name},
            statistic=statistic,
            period_seconds=300,
            threshold=threshold,
            topic=foundation.alarm_topic,
        )
