"""Puts functions and jobs into a network, makes the endpoints that they need, and closes the buckets."""

from collections.abc import Mapping
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from config.settings import Settings
from stacks.components.access.statements import LAMBDA
from stacks.components.storage.lake_bucket import LakeBucket
from stacks.features.builder import FeatureBuilder
from stacks.features.network import endpoints, perimeter
from stacks.features.network.inside import GLUE, Inside, actions_of, inside, outside
from stacks.features.network.interfaces import CONNECTION, let_functions_in, let_jobs_in
from stacks.features.network.place import existing_place, new_place
from stacks.features.network.services import services
from stacks.features.network.settings import NetworkSettings, NewNetwork
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

S3 = "s3"


class NetworkStack(LakeStack):
    """The network, its endpoints, and what lets Lambda and Glue use it."""

    def __init__(
        self,
        scope: cdk.App,
        construct_id: str,
        *,
        settings: Settings,
        network: NetworkSettings,
        foundation: FoundationResources,
    ) -> None:
        """Make the network or take the one that is there; what it is for comes by `serve`."""
        super().__init__(
            scope, construct_id, settings=settings, description="Private subnets and endpoints of the lake"
        )
        self._network = network
        self.place = (
            existing_place(network.existing)
            if network.existing
            else new_place(self, cast("NewNetwork", network.new), foundation)
        )
        self._s3_policy = iam.PolicyDocument(statements=[endpoints.answers_to_cloudformation(self)])
        self.s3_endpoint = self.place.s3_endpoint or endpoints.gateway(self, S3, self.place, self._s3_policy)
        self._functions = let_functions_in(self, self.place)
        self._connections, self._jobs = let_jobs_in(self, self.place)

    def serve(self, within: list[Inside]) -> None:
        """Make endpoints for what these roles may do, and put what runs with them into the network."""
        asked = {
            action for each in within for action in services().asked(actions_of(each.role), each.service)
        }
        if any(each.service == GLUE for each in within):
            asked.add(CONNECTION)
        by_prefix = dict(services().by_prefix(asked))
        staging = self.synthesizer.bootstrap_qualifier
        buckets = (f"{self.naming.prefix}-*", f"cdk-{staging}-assets-{self.account}-{self.region}*")
        self._s3_policy.add_statements(
            endpoints.of_the_lake(
                self, by_prefix.pop(S3), [f"arn:{self.partition}:s3:::{each}" for each in buckets]
            )
        )
        if self.place.route_tables:
            for prefix in services().gateway.keys() & by_prefix.keys():
                policy = iam.PolicyDocument(
                    statements=[endpoints.of_the_lake(self, by_prefix[prefix], ["*"])]
                )
                endpoints.gateway(self, prefix, self.place, policy)
        there = self._network.existing.endpoints if self._network.existing else ()
        endpoints.interfaces(self, self.place, by_prefix, there)
        policies = {LAMBDA: self._functions, GLUE: self._jobs}
        for role, service in {each.role: each.service for each in within}.items():
            role.add_managed_policy(policies[service])
        for each in within:
            self._put_in(each)

    def _put_in(self, each: Inside) -> None:
        runner = each.runner
        if isinstance(runner, lambda_.CfnFunction):
            runner.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
                subnet_ids=list(self.place.subnets), security_group_ids=list(self.place.functions)
            )
        else:
            runner.connections = glue.CfnJob.ConnectionsListProperty(connections=self._connections)
        # Its interfaces have to be gone before the network can be.
        cdk.Stack.of(runner).add_stack_dependency(self)


class Builder(FeatureBuilder):
    """Adds the network, and changes what all other stacks hold."""

    def __init__(self, section: NetworkSettings) -> None:
        """Take the feature's settings."""
        self._section = section
        self._stack: NetworkStack | None = None

    def ground(self, app: cdk.App, *, settings: Settings, foundation: FoundationResources) -> list[cdk.Stack]:
        """Add the network, in which all others stand."""
        self._stack = NetworkStack(
            app, "Network", settings=settings, network=self._section, foundation=foundation
        )
        return [self._stack]

    def store(
        self, stack: LakeStack, buckets: Mapping[str, LakeBucket], foundation: FoundationResources
    ) -> None:
        """Close the buckets to who comes from elsewhere."""
        perimeter.close(stack, buckets, self._network.s3_endpoint, self._section.outside)

    def complete(self, app: cdk.App) -> None:
        """Put all functions and jobs into the network, and mark the roles of services that stay outside."""
        within = inside(app)
        self._network.serve(within)
        for role in outside(app, within):
            cdk.Tags.of(role).add(perimeter.EXCLUDED_TAG, perimeter.EXCLUDED)

    @property
    def _network(self) -> NetworkStack:
        if self._stack is None:
            raise TypeError("the network is made before what stands in it")
        return self._stack
