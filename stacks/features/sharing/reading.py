"""The side that reads: links to the tables of another account, and who may follow them.

A persona needs DESCRIBE on a link and SELECT on what it leads to, from Lake Formation, and the right to ask
Glue about both, from IAM. The files come from Lake Formation of the other account.
https://docs.aws.amazon.com/lake-formation/latest/dg/resource-links-glue-apis.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.naming import SHARED_CELLS, Naming
from stacks.components.access.governed_tables import Governed, GovernedTables
from stacks.components.access.grants import SEE, Grants
from stacks.components.access.people import SEE_TABLES
from stacks.components.access.statements import Arns, allow
from stacks.features.sharing.exchange import Shared
from stacks.lake_stack import LakeStack
from stacks.resources import GovernanceResources


class SharedTables(Construct):
    """What is read of one other environment."""

    def __init__(
        self,
        stack: LakeStack,
        construct_id: str,
        *,
        owner: Naming,
        tables: Sequence[Shared],
        readers: Mapping[str, iam.Role],
        governance: GovernanceResources,
        after: Sequence[cdk.CfnResource],
    ) -> None:
        """Link the `tables` of the `owner` when all in `after` is there, and let the `readers` read them."""
        super().__init__(stack, construct_id)
        self._stack, self._owner, self._readers = stack, owner, readers
        self._grants = Grants.of(stack)
        databases = self._databases(tables, after)
        links = [self._link(each, databases[each.database]) for each in tables]
        self._grants.follow(*databases.values(), *links)
        for name, role in readers.items():
            self._let_see(name, role, databases)
            self._let_read(name, role, tables)
        GovernedTables(
            self,
            "Governed",
            stack=stack,
            governance=governance,
            governed=[Governed(name) for name in databases],
            after=self._grants.made,
        )

    def _databases(
        self, tables: Sequence[Shared], after: Sequence[cdk.CfnResource]
    ) -> dict[str, glue.CfnDatabase]:
        """Databases of the names that they have where the tables are: one query is right in both accounts."""
        found = {}
        for name in sorted({each.database for each in tables}):
            description = f"Links to tables of {self._owner.environment}, account {self._owner.account}"
            found[name] = glue.CfnDatabase(
                self,
                name.title().replace("_", ""),
                catalog_id=self._stack.account,
                database_name=name,
                database_input=glue.CfnDatabase.DatabaseInputProperty(name=name, description=description),
            )
            for each in after:
                found[name].add_resource_dependency(each)
        return found

    def _link(self, shared: Shared, database: glue.CfnDatabase) -> glue.CfnTable:
        """A link is never changed, and where it leads is its name."""
        target = glue.CfnTable.TableIdentifierProperty(
            catalog_id=self._owner.account, database_name=shared.database, name=shared.dataset.name
        )
        link = glue.CfnTable(
            self,
            f"{shared.database}_{shared.dataset.name}".title().replace("_", ""),
            catalog_id=self._stack.account,
            database_name=shared.database,
            table_input=glue.CfnTable.TableInputProperty(name=shared.dataset.name, target_table=target),
        )
        link.add_resource_dependency(database)
        cells = {"filter": shared.filter_name, "columns": list(shared.reading.columns)}
        link.add_metadata(SHARED_CELLS, {**cells, "rows": shared.reading.rows})
        return link

    def _let_see(self, name: str, role: iam.Role, databases: Mapping[str, glue.CfnDatabase]) -> None:
        title = name.title().replace("_", "")
        for database in databases:
            construct_id = f"{title}{database.title().replace('_', '')}"
            self._grants.on_database(f"{construct_id}Links", role.role_arn, database, SEE)
            self._grants.on_tables(f"{construct_id}Tables", role.role_arn, database, SEE)

    def _let_read(self, name: str, role: iam.Role, tables: Sequence[Shared]) -> None:
        owner = Arns(self._owner, self._stack.partition)
        links = Arns(replace(self._owner, account=self._stack.account), self._stack.partition)
        places = [
            arn
            for arns in (links, owner)
            for each in tables
            for arn in (
                arns.catalog(),
                arns.database(each.dataset.layer, each.dataset.domain),
                arns.table(each.dataset.layer, each.dataset.domain, each.dataset.name),
            )
        ]
        allow(role, SEE_TABLES, [*dict.fromkeys(places)])
        for each in tables:
            self._grants.on_filter(
                f"{name}_{each.database}_{each.dataset.name}_{each.filter_name}".title()
                .replace("_", "")
                .replace("-", ""),
                role.role_arn,
                each.database,
                each.dataset.name,
                each.filter_name,
                catalog=self._owner.account,
            )
