"""Roles that jobs of GitHub Actions assume: one that deploys, and one that can only look.

GitHub proves with each request which repository and which of its environments a job is of, by a token that
is valid for minutes; who may start such a job, GitHub's protection rules of the environment say.
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from config.settings import Settings
from lakehouse.model.dataset import Lake
from stacks.components.access.statements import allow
from stacks.features.builder import FeatureBuilder
from stacks.features.github_actions.settings import GithubActionsSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, GovernanceResources

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"

_REVIEW = ("lookup",)
_DEPLOY = ("deploy", "file-publishing", "lookup")
"""Roles of `cdk bootstrap` that the CDK's commands assume; the lake has no images to publish.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
"""

_HOUR = cdk.Duration.hours(1)


class GithubActionsStack(LakeStack):
    """The identity provider, if the account needs it, and the two roles."""

    def __init__(
        self, scope: cdk.App, construct_id: str, *, settings: Settings, github: GithubActionsSettings
    ) -> None:
        """Build from the feature's settings."""
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="Roles by which GitHub Actions deploys the lake",
        )
        # The boundary of the lake's roles denies what these are for: to become another.
        iam.PermissionsBoundary.of(self).clear()
        provider = self._provider() if github.provider else None
        for name, environment, among, description in (
            ("deploy", github.deploys, _DEPLOY, "Deploys the lake from GitHub Actions"),
            (
                "review",
                github.reviews,
                _REVIEW,
                "Compares the lake with what is deployed, from GitHub Actions",
            ),
        ):
            role = self._role(name, f"repo:{github.repository}:environment:{environment}", description)
            allow(role, ["sts:AssumeRole"], [self._bootstrapped(each) for each in among])
            if provider is not None:
                role.node.add_dependency(provider)
            cdk.CfnOutput(self, f"{name.title()}RoleArn", value=role.role_arn)

    def _provider(self) -> iam.CfnOIDCProvider:
        return iam.CfnOIDCProvider(self, "Provider", url=f"https://{ISSUER}", client_id_list=[AUDIENCE])

    def _role(self, name: str, subject: str, description: str) -> iam.Role:
        arn = f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        caller = {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}}
        return iam.Role(
            self,
            name.title(),
            role_name=self.naming.resource("github", name),
            assumed_by=iam.WebIdentityPrincipal(arn, caller),
            description=description,
            max_session_duration=_HOUR,
        )

    def _bootstrapped(self, name: str) -> str:
        qualifier = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
        return self.arns.role(f"cdk-{qualifier}-{name}-role-{self.account}-{self.region}")


class Builder(FeatureBuilder):
    """Adds the stack of the roles."""

    def __init__(self, section: GithubActionsSettings) -> None:
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
        return [GithubActionsStack(app, "GithubActions", settings=settings, github=self._section)]
