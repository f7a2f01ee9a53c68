"""Grants of Lake Formation, which add to what IAM allows: both must say yes.

https://docs.aws.amazon.com/lake-formation/latest/dg/access-control-overview.html
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from stacks.lake_stack import LakeStack

_Permissions = lakeformation.CfnPrincipalPermissions

Kind = Literal["DATABASE", "TABLE"]
Tags = Mapping[str, Sequence[str]]
"""Values of which one must be there, by key; all keys count."""

SEE = ("DESCRIBE",)
READ = ("DESCRIBE", "SELECT")
CHANGE = ("ALTER", "DESCRIBE")
WRITE = ("ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT")
CREATE = ("CREATE_TABLE", "DESCRIBE")


class Grants(Construct):
    """The grants of one stack, made one after the other: Lake Formation refuses changes that overlap.

    A grant is never changed, since CloudFormation makes the new one before it revokes the old one, and these
    would be one and the same: what could differ is part of its id.
    """

    @classmethod
    def of(cls, stack: LakeStack) -> "Grants":
        """Return the grants of a stack."""
        found = stack.node.try_find_child(cls.__name__)
        return found if isinstance(found, cls) else cls(stack)

    def __init__(self, stack: LakeStack) -> None:
        """Start without any."""
        super().__init__(stack, type(self).__name__)
        self._catalog = stack.account
        self._after: list[cdk.CfnResource] = []
        self._last: cdk.CfnResource | None = None

    @property
    def made(self) -> list[cdk.CfnResource]:
        """The last of the grants so far: what waits for it waits for all; empty if there is none."""
        return [self._last] if self._last else []

    def follow(self, *resources: cdk.CfnResource) -> None:
        """Have all grants from here on made after these resources."""
        self._after += resources

    def by_tags(
        self, construct_id: str, principal: str, kind: Kind, tags: Tags, permissions: Sequence[str]
    ) -> cdk.CfnResource:
        """Grant on every database or table, or column of one, that has these tags.

        Where a tag is on some columns alone, nothing but SELECT and DESCRIBE is granted, without a word:
        https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-notes.html
        """
        expression = [
            _Permissions.LFTagProperty(tag_key=key, tag_values=list(values)) for key, values in tags.items()
        ]
        policy = _Permissions.LFTagPolicyResourceProperty(
            catalog_id=self._catalog, expression=expression, resource_type=kind
        )
        resource = _Permissions.ResourceProperty(lf_tag_policy=policy)
        return self._grant(construct_id, principal, resource, permissions)

    def on_database(
        self, construct_id: str, principal: str, name: str, permissions: Sequence[str] = CREATE
    ) -> cdk.CfnResource:
        """Grant on one database, if nothing else is said the creation of tables in it."""
        database = _Permissions.DatabaseResourceProperty(catalog_id=self._catalog, name=name)
        resource = _Permissions.ResourceProperty(database=database)
        return self._grant(construct_id, principal, resource, permissions)

    def on_tables(
        self, construct_id: str, principal: str, database: str, permissions: Sequence[str]
    ) -> cdk.CfnResource:
        """Grant on every table of one database, the tables to come among them."""
        tables = _Permissions.TableResourceProperty(
            catalog_id=self._catalog, database_name=database, table_wildcard={}
        )
        resource = _Permissions.ResourceProperty(table=tables)
        return self._grant(construct_id, principal, resource, permissions)

    def on_location(self, construct_id: str, principal: str, arn: str) -> cdk.CfnResource:
        """Grant the creation and the change of tables whose files lie at or below a registered location."""
        location = _Permissions.DataLocationResourceProperty(catalog_id=self._catalog, resource_arn=arn)
        resource = _Permissions.ResourceProperty(data_location=location)
        return self._grant(construct_id, principal, resource, ["DATA_LOCATION_ACCESS"])

    def on_filter(
        self,
        construct_id: str,
        principal: str,
        database: str,
        table: str,
        name: str,
        *,
        catalog: str | None = None,
        passed_on: bool = False,
    ) -> cdk.CfnResource:
        """Grant the cells of a table that a filter lets through.

        Args:
            construct_id: Id of the grant.
            principal: ARN of a role, or the number of another account.
            database: Database of the table.
            table: The table.
            name: The filter.
            catalog: The account whose table it is; None: this one.
            passed_on: Whether the principal may grant it further.
        """
        cells = _Permissions.DataCellsFilterResourceProperty(
            table_catalog_id=catalog or self._catalog, database_name=database, table_name=table, name=name
        )
        resource = _Permissions.ResourceProperty(data_cells_filter=cells)
        return self._grant(construct_id, principal, resource, ["SELECT"], passed_on=passed_on)

    def _grant(
        self,
        construct_id: str,
        principal: str,
        resource: lakeformation.CfnPrincipalPermissions.ResourceProperty,
        permissions: Sequence[str],
        *,
        passed_on: bool = False,
    ) -> cdk.CfnResource:
        grant = _Permissions(
            self,
            construct_id,
            catalog=self._catalog,
            principal=_Permissions.DataLakePrincipalProperty(data_lake_principal_identifier=principal),
            resource=resource,
            permissions=list(permissions),
            permissions_with_grant_option=list(permissions) if passed_on else [],
        )
        for each in (*self._after, *self.made):
            grant.add_resource_dependency(each)
        self._last = grant
        return grant
