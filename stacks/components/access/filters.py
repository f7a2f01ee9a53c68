"""Who reads which cells of a table of which its contract says more than tags can."""

from hashlib import sha256

import aws_cdk as cdk
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from lakehouse.access.reading import Reading, readings
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset
from stacks.components.access.grants import Grants
from stacks.lake_stack import LakeStack

_Filter = lakeformation.CfnDataCellsFilter
_DIGITS = 12


class TableFilters(Construct):
    """A filter of the table for each persona that reads any of it, since no tag expression matches it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        dataset: Dataset,
        policy: AccessPolicy,
        table: cdk.CfnResource,
    ) -> None:
        """Filter the dataset's silver or gold `table` as the policy and its contract say."""
        super().__init__(scope, construct_id)
        self._stack = stack
        self._dataset = dataset
        self._table = table
        self._database = stack.naming.database(dataset.layer, dataset.domain)
        for persona, reading in readings(dataset, policy).items():
            if reading.columns and persona in stack.settings.people.personas:
                self._grant(persona, reading)

    def _grant(self, persona: str, reading: Reading) -> None:
        """Grant a persona its cells.

        A filter is never changed: the new one is made before the old one goes, so it needs a name of its own.
        """
        digest = sha256(repr((reading.columns, reading.rows)).encode()).hexdigest()[:_DIGITS]
        title = f"{persona.title().replace('_', '')}{digest}"
        cells = cells_filter(
            self,
            title,
            database=self._database,
            table=self._dataset.name,
            name=f"{persona}-{digest}",
            reading=reading,
            after=self._table,
        )
        grants = Grants.of(self._stack)
        principal = self._stack.arns.role(self._stack.naming.resource(persona))
        name = f"{self._dataset.name.title()}{title}"
        grant = grants.on_filter(name, principal, self._database, self._dataset.name, cells.name)
        grant.add_resource_dependency(cells)


def cells_filter(
    scope: Construct,
    construct_id: str,
    *,
    database: str,
    table: str,
    name: str,
    reading: Reading,
    after: cdk.CfnResource,
) -> lakeformation.CfnDataCellsFilter:
    """Make a filter of a table of this account that lets the cells of a reading through."""
    rows: dict[str, object] = (
        {"all_rows_wildcard": {}} if reading.rows is None else {"filter_expression": reading.rows}
    )
    cells = _Filter(
        scope,
        construct_id,
        table_catalog_id=cdk.Stack.of(scope).account,
        database_name=database,
        table_name=table,
        name=name,
        column_names=list(reading.columns),
        row_filter=_Filter.RowFilterProperty(**rows),  # type: ignore[arg-type] # one of the two keys
    )
    cells.add_resource_dependency(after)
    return cells
