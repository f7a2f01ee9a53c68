"""What every stack of the lake has in common."""

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from config.settings import Settings
from stacks.components.access.statements import Arns

KEEP = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""What holds data, and what it cannot be read without, outlives its stack and its replacement.

It does not outlive the creation that failed, or what is left would be in the way of the next one, and bill:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""


COST_TAG = "lake"
"""Tag by which AWS tells the cost of one environment: one key suffices, which budgets can filter by."""


class LakeStack(cdk.Stack):
    """A stack of one environment: named, tagged, protected and bounded alike."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        description: str,
        indented: bool = True,
    ) -> None:
        """Take the settings of the environment and one sentence on what the stack holds.

        A template that grows with contracts is not `indented`: a third fewer of the bytes that it may have.
        """
        naming = settings.naming
        super().__init__(
            scope,
            construct_id,
            stack_name=naming.stack(construct_id),
            description=description,
            env=cdk.Environment(account=settings.account, region=settings.region),
            termination_protection=not settings.disposable,
            analytics_reporting=False,
            suppress_template_indentation=not indented,
            tags={
                COST_TAG: naming.prefix,
                "project": settings.project,
                "environment": settings.environment,
                "owner": settings.owner,
                "cost-center": settings.cost_center,
                "managed-by": "cdk",
            },
        )
        self.settings = settings
        self.naming = naming
        self.arns = Arns(naming, self.partition)
        self.alarms: list[cloudwatch.CfnAlarm] = []
        """Those about a metric, which may be told of together."""
        self.functions: list[lambda_.Function] = []
        boundary = iam.ManagedPolicy.from_managed_policy_name(self, "BoundaryName", boundary_name(settings))
        iam.PermissionsBoundary.of(self).apply(boundary)

    def compiled(self, name: str, document: object) -> Path:
        """Write a JSON document that goes with the templates, and return its path."""
        path = self.compiled_directory / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, sort_keys=True))
        return path

    @property
    def compiled_directory(self) -> Path:
        """Where generated files lie until they are deployed as assets: below the cloud assembly."""
        stage = cdk.Stage.of(self)
        if stage is None:
            raise TypeError(f"{self.node.path} is outside of an app")
        return Path(stage.outdir) / "compiled"


def boundary_name(settings: Settings) -> str:
    """Name of the managed policy that bounds every role of the environment."""
    return settings.naming.resource("boundary")
