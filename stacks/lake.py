"""The lake of one environment: which stacks there are and what they hand to one another."""

from collections.abc import Callable, Iterable
from functools import partial

import aws_cdk as cdk

from config.settings import Settings
from lakehouse.layout.retention import expiries
from lakehouse.model.dataset import Lake
from lakehouse.placement.parts import SHARED_PART, parts
from stacks.analytics_stack import AnalyticsStack
from stacks.domain_stack import DomainStack
from stacks.features.builder import FeatureBuilder, builders
from stacks.foundation_stack import FoundationStack
from stacks.governance_stack import GovernanceStack
from stacks.ingestion_stack import IngestionStack
from stacks.lake_stack import LakeStack
from stacks.observability_stack import ObservabilityStack
from stacks.policies.acknowledgements import acknowledge_compliance
from stacks.storage_stack import StorageStack


def build_lake(app: cdk.App, settings: Settings, lake: Lake) -> None:
    """Add every stack of one environment to the app: its settings say how, the lake's contracts what."""
    features = builders(settings)
    on = tuple(features.values())
    foundation = FoundationStack(app, "Foundation", settings=settings, features=on)
    base = foundation.resources
    grounds = _grounds(app, settings, on, foundation)
    storage = StorageStack(
        app, "Storage", settings=settings, foundation=base, expiries=expiries(lake), features=on
    )
    governance = GovernanceStack(
        app, "Governance", settings=settings, lake=lake, foundation=base, features=on
    )
    ingestion = IngestionStack(app, "Ingestion", settings=settings, foundation=base, lake=lake, features=on)
    analytics = AnalyticsStack(app, "Analytics", settings=settings, foundation=base)
    observability = ObservabilityStack(
        app, "Observability", settings=settings, foundation=base, domains=lake.domains
    )
    # Names of buckets, work groups and pipelines are known beforehand, so no reference orders these stacks.
    _after(storage, foundation, *grounds)
    for user in (governance, ingestion, analytics):
        _after(user, storage)
    _after(observability, ingestion)
    for feature in on:
        own_stacks = feature.stacks(
            app, settings=settings, lake=lake, foundation=base, governance=governance.resources
        )
        for own in own_stacks:
            _after(own, governance, ingestion, analytics)
    domain_stack = partial(
        DomainStack,
        app,
        settings=settings,
        lake=lake,
        foundation=base,
        governance=governance.resources,
        ingestion=ingestion.resources,
        features=features,
    )
    _domains(lake, domain_stack, [governance, ingestion, analytics])
    for feature in on:
        feature.complete(app)
    _accept_outside(app)


def _grounds(
    app: cdk.App, settings: Settings, features: Iterable[FeatureBuilder], foundation: FoundationStack
) -> list[cdk.Stack]:
    """Build what features put between the foundation and all others."""
    base = foundation.resources
    found = [own for each in features for own in each.ground(app, settings=settings, foundation=base)]
    for stack in found:
        _after(stack, foundation)
    return found


def _accept_outside(app: cdk.App) -> None:
    """Say why functions are in no VPC that no feature has put into one."""
    stacks = [each for each in app.node.children if isinstance(each, LakeStack)]
    for function in (each for stack in stacks for each in stack.functions):
        if getattr(function.node.default_child, "vpc_config", None) is None:
            acknowledge_compliance(
                function,
                "LambdaInsideVPC",
                "it calls AWS's APIs alone, as far as its role may; in a VPC it would call the same ones",
            )


def _domains(lake: Lake, build: Callable[..., DomainStack], before: list[cdk.Stack]) -> None:
    """Build each part of each domain, the others of a domain after the first."""
    for domain in lake.domains:
        needed = before
        for part in parts(lake, domain):
            stack = build(domain=domain, part=part)
            _after(stack, *needed)
            if part == SHARED_PART:
                needed = [stack]  # with the databases of the domain


def _after(stack: cdk.Stack, *others: cdk.Stack) -> None:
    """Have a stack deployed when others are there."""
    for other in others:
        stack.add_stack_dependency(other)
