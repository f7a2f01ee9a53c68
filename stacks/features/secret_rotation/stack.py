"""A function that rotates secrets, and when Secrets Manager asks it to.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from config.settings import Settings
from lakehouse.model.dataset import Lake
from stacks.components.access.statements import USE_KEY, allow
from stacks.components.functions.python_function import PythonFunction
from stacks.components.monitoring.alarms import alarm
from stacks.features.builder import FeatureBuilder
from stacks.features.secret_rotation.driver import driver_layer
from stacks.features.secret_rotation.settings import RotatedSecret, RotationNetwork, SecretRotationSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, GovernanceResources

_STEPS = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
"""https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html"""

_ASKED = "a secret is rotated"
_TIMEOUT = cdk.Duration.minutes(2)
_MEMORY_MEBIBYTES = 256


class SecretRotationStack(LakeStack):
    """The function, its rights on each secret, and their schedules."""

    def __init__(
        self,
        scope: cdk.App,
        construct_id: str,
        *,
        settings: Settings,
        rotation: SecretRotationSettings,
        foundation: FoundationResources,
    ) -> None:
        """Build from the feature's settings."""
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="Passwords and tokens that change by themselves",
        )
        owners = {each.arn: each.opens.model_dump() for each in rotation.secrets}
        self._function = PythonFunction(
            self,
            "Function",
            package="secret_rotation",
            description="Gives secrets new passwords and tokens",
            environment={"OWNERS": json.dumps(owners, sort_keys=True)},
            timeout=_TIMEOUT,
            memory_mebibytes=_MEMORY_MEBIBYTES,
            logs_key=foundation.logs_key,
        )
        self._function.function.add_layers(driver_layer(self, rotation.certificate_authorities))
        if rotation.network is not None:
            self._put_inside(rotation.network)
        for at, secret in enumerate(rotation.secrets):
            self._rotate(f"Secret{at}", secret)
        self._alarm(foundation)

    def _rotate(self, construct_id: str, secret: RotatedSecret) -> None:
        role = self._function.role
        allow(role, _STEPS, [secret.arn], asked_when=_ASKED)
        allow(
            role,
            USE_KEY,
            [secret.key_arn],
            conditions={
                "StringEquals": {
                    "kms:ViaService": f"secretsmanager.{self.region}.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": secret.arn,
                }
            },
            asked_when=_ASKED,
        )
        permission = lambda_.CfnPermission(
            self,
            f"{construct_id}Permission",
            action="lambda:InvokeFunction",
            function_name=self._function.function.function_arn,
            principal="secretsmanager.amazonaws.com",
            source_account=self.account,
            source_arn=secret.arn,
        )
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            construct_id,
            secret_id=secret.arn,
            rotation_lambda_arn=self._function.function.function_arn,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                automatically_after_days=secret.days
            ),
            rotate_immediately_on_update=False,
        )
        schedule.node.add_dependency(permission)
        schedule.node.add_dependency(role.node.find_child("DefaultPolicy"))

    def _put_inside(self, network: RotationNetwork) -> None:
        """Let Lambda make network interfaces for the function, and its code not.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
        """
        function, role = self._function.function, self._function.role
        name = self.naming.resource("secret_rotation")
        resource = function.node.default_child
        if not isinstance(resource, lambda_.CfnFunction):
            raise TypeError("the function's construct has no AWS::Lambda::Function")
        resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=list(network.subnet_ids), security_group_ids=list(network.security_group_ids)
        )
        actions = [
            f"ec2:{each}"
            for each in (
                "AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface",
                "DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses",
            )
        ]  # fmt: skip
        allow(
            role,
            actions,
            ["*"],
            why_wildcard="Lambda names interfaces of functions, and EC2 knows no resource of what it lists",
            not_asked="Lambda asks while it puts the function into the network; the laptop has none",
        )
        role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=actions,
                resources=["*"],
                conditions={"ArnEquals": {"lambda:SourceFunctionArn": self.arns.function(name)}},
            )
        )
        resource.node.add_dependency(role.node.find_child("DefaultPolicy"))

    def _alarm(self, foundation: FoundationResources) -> None:
        alarm(
            self,
            "Failed",
            name=self.naming.resource("secret-rotation-failed"),
            description=(
                "A secret was not rotated; the old value goes on to work: see the log of "
                f"{self.naming.resource('secret_rotation')}"
            ),
            runbook="secret-rotation-failed",
            namespace="AWS/Lambda",
            metric="Errors",
            dimensions={"FunctionName": self.naming.resource("secret_rotation")},
            statistic="Sum",
            period_seconds=300,
            threshold=0,
            topic=foundation.alarm_topic,
        )


class Builder(FeatureBuilder):
    """Adds the stack of the function."""

    def __init__(self, section: SecretRotationSettings) -> None:
        """Take the feature's settings."""
        self._section = section

    def stacks(
        self,
        app: cdk.App,
        *,
        settings: Settings,
        lake: Lake,
        foundation: FoundationResources,
        governance: GovernanceResources,
    ) -> list[cdk.Stack]:
        """Add it."""
        return [
            SecretRotationStack(
                app, "SecretRotation", settings=settings, rotation=self._section, foundation=foundation
            )
        ]
