"""Databases and tables under Lake Formation: their tags, and an end of what IAM alone would open.

CloudFormation has no resource that revokes the grant to `IAMAllowedPrincipals` which every table may be born
with, and exchanges a tag by adding the new value before it removes the tag. So a function does both.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk
from constructs import Construct

from config.naming import Naming
from lakehouse.layout.cdc import deleted_name, is_replica
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.targets.lf_tags import (
    CLASSIFICATION,
    RESULTS_CLASSIFICATION,
    ROWS,
    column_tags,
    key,
    quarantine_levels,
    table_tags,
)
from stacks.lake_stack import LakeStack
from stacks.resources import GovernanceResources

TYPE = "Custom::GovernedTables"

TIMEOUT = cdk.Duration.minutes(10)
"""Longest time for one dataset: Lake Formation is asked several times for each of its tables."""


@dataclass(frozen=True)
class Governed:
    """A database, or a table in it, and the tags that it has."""

    database: str
    table: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Tags of the columns that differ from their table."""

    def document(self) -> dict[str, object]:
        """Return what the function is told."""
        named = {"Database": self.database, "Table": self.table, "Tags": self.tags, "Columns": self.columns}
        return {name: value for name, value in named.items() if value}


def governed_tables(dataset: Dataset, naming: Naming) -> list[Governed]:
    """Return the tables of a dataset; bronze and deleted keys have the tags of their database."""
    found = [_classified(dataset, naming)]
    if dataset.ingestion:
        found += [Governed(naming.database(Layer.BRONZE, dataset.domain), dataset.name)]
        found += [_quarantine(dataset, naming)]
    if is_replica(dataset):
        found += [Governed(naming.database(Layer.SILVER, dataset.domain), deleted_name(dataset))]
    return found


def _quarantine(dataset: Dataset, naming: Naming) -> Governed:
    tag = key(naming, CLASSIFICATION)
    columns = {
        name: {tag: level}
        for name, level in quarantine_levels(dataset).items()
        if level != RESULTS_CLASSIFICATION
    }
    database = naming.database(Layer.QUARANTINE, dataset.domain)
    return Governed(database, dataset.name, {tag: RESULTS_CLASSIFICATION}, columns)


def _classified(dataset: Dataset, naming: Naming) -> Governed:
    own = table_tags(dataset)
    return Governed(
        naming.database(dataset.layer, dataset.domain),
        dataset.name,
        {key(naming, name): own[name] for name in (CLASSIFICATION, ROWS)},
        {
            column: {key(naming, name): value for name, value in tags.items()}
            for column, tags in column_tags(dataset).items()
        },
    )


class GovernedTables(Construct):
    """Puts databases and tables under Lake Formation."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        governance: GovernanceResources,
        governed: Iterable[Governed],
        after: Iterable[cdk.CfnResource],
        closed: bool = True,
    ) -> None:
        """Hand what is `governed` to the function, once it and all else in `after` is there.

        Not `closed` are databases whose pipelines have no grants yet: they get their tags alone.
        """
        super().__init__(scope, construct_id)
        documents = [each.document() for each in governed]
        hybrid = stack.settings.lake_formation.hybrid
        access = "open" if not closed else "opt-in" if hybrid else "closed"
        self.resource = cdk.CfnResource(
            self,
            "Resource",
            type=TYPE,
            properties={
                "ServiceToken": governance.lake_formation.function_arn,
                "ServiceTimeout": str(TIMEOUT.to_seconds()),
                "TagPrefix": f"{stack.naming.prefix}-",
                "Access": access,
                "Personas": list(governance.personas) if access == "opt-in" else [],
                "Governed": json.dumps(documents, separators=(",", ":")),
            },
        )
        for each in after:
            self.resource.add_resource_dependency(each)
