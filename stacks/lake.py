"""The lake of one environment: which stacks there are and what they hand to one another."""

import aws_cdk as cdk

from config.settings import Settings
from lakehouse.model import Lake, Layer
from lakehouse.routes import routes
from stacks.analytics_stack import AnalyticsStack
from stacks.domain_stack import DomainStack
from stacks.foundation_stack import FoundationStack
from stacks.governance_stack import GovernanceStack
from stacks.ingestion_stack import IngestionStack
from stacks.observability_stack import ObservabilityStack
from stacks.storage_stack import StorageStack


def build_lake(app: cdk.App, settings: Settings, lake: Lake) -> None:
    """Add every stack of one environment to the app.

    Args:
        app: The CDK app.
        settings: The environment's settings.
        lake: The datasets of all contracts.
    """
    foundation = FoundationStack(app, "Foundation", settings=settings)
    storage = StorageStack(
        app, "Storage", settings=settings, foundation=foundation.resources, domains=lake.domains
    )
    governance = GovernanceStack(app, "Governance", settings=settings, foundation=foundation.resources)
    ingestion = IngestionStack(
        app, "Ingestion", settings=settings, foundation=foundation.resources, routes=routes(lake)
    )
    analytics = AnalyticsStack(
        app,
        "Analytics",
        settings=settings,
        foundation=foundation.resources,
        products=tuple(dataset for dataset in lake.datasets if dataset.layer is Layer.GOLD),
    )
    domains = [
        DomainStack(
            app,
            f"Domain{domain.title().replace('_', '')}",
            settings=settings,
            lake=lake,
            domain=domain,
            foundation=foundation.resources,
            governance=governance.resources,
        )
        for domain in lake.domains
    ]
    observability = ObservabilityStack(
        app,
        "Observability",
        settings=settings,
        ingestion=ingestion.resources,
        domains=[domain.resources for domain in domains],
    )
    # Bucket and database names are known beforehand, so no reference orders these stacks.
    storage.add_stack_dependency(foundation)
    for stack in (governance, ingestion, analytics):
        stack.add_stack_dependency(storage)
    for domain in domains:
        domain.add_stack_dependency(governance)
        domain.add_stack_dependency(ingestion)
    observability.add_stack_dependency(ingestion)
