"""What each role can do with each table: by queries through Lake Formation, and by the files themselves.

Both ways count, since whoever may read the files of a table, and use their key, sees every cell whatever
Lake Formation says. What IAM allows is decided by the evaluator that the embedded AWS enforces with.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from local.services.lakeformation.model.shares import is_account
from tools.access.lake_formation import lake_formation
from tools.access.tables import CatalogTable, tables
from tools.assembly.assembly import Assembly
from tools.assembly.policies import Document, Role, resource_policies, roles
from tools.policies.evaluate import Decision, Request, allowed, identity

Rows = tuple[str, ...]
"""Conditions of rows, of which one must be true; an empty text among them is every row."""

Act = Literal["read", "write", "delete"]

_ACTS: Mapping[Act, tuple[str, ...]] = {
    "read": ("s3:GetObject", "kms:Decrypt"),
    "write": ("s3:PutObject", "kms:GenerateDataKey"),
    "delete": ("s3:DeleteObject",),
}
"""What has to be allowed to work on the files of a table.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""


@dataclass(frozen=True)
class Reach:
    """What one role can do with one table."""

    role: str
    """Name of the role, or the number of another account."""
    table: str
    """`database.table`."""
    describes: bool = False
    """Whether it sees that the table is there, and the columns of `cells`."""
    cells: Mapping[str, Rows] = field(default_factory=dict)
    """Rows whose value a query shows, by column."""
    files: tuple[Act, ...] = ()
    """What it can do with the files."""
    changes: bool = False
    """Whether it can commit to the table in the catalog."""
    known: bool = True
    """False where a policy that the templates do not hold could change the answer."""

    @property
    def is_empty(self) -> bool:
        """Whether it can do nothing at all."""
        return not (self.describes or self.cells or self.files or self.changes)


class Matrix:
    """What the roles of an assembly can do with its tables."""

    def __init__(self, assembly: Assembly) -> None:
        """Take what is going to be deployed."""
        self._assembly = assembly
        self._policies = resource_policies(assembly)
        self.tables = tables(assembly)
        self.roles = sorted(roles(assembly).values(), key=lambda role: role.resource.name)
        self.lake = lake_formation(assembly, self.tables)
        self.decide = lru_cache(maxsize=None)(self._decide)

    @cached_property
    def people(self) -> list[str]:
        """Names of the roles that people assume."""
        return [role.resource.name for role in self.roles if _is_of_people(role)]

    @cached_property
    def accounts(self) -> list[str]:
        """Other accounts that are granted something, to pass it on to their people."""
        return sorted({each.principal for each in self.lake.grants.all() if is_account(each.principal)})

    def rows(self) -> Iterator[Reach]:
        """Yield what each role can do with each table, by role and table; nothing where it can do nothing.

        What other accounts can pass on follows.
        """
        for role in self.roles:
            for table in self.tables:
                reach = self.reach(role, table)
                if not reach.is_empty:
                    yield reach
        for account in self.accounts:
            for table in self.tables:
                access = self.lake.evaluate(
                    account, table.database, table.name, table.columns, table.location
                )
                if access.describe:
                    yield Reach(account, str(table), describes=True, cells=_told(access.cells))

    def reach(self, role: Role, table: CatalogTable) -> Reach:
        """Return what a role can do with a table."""
        own = () if table.owner else _ACTS
        files = tuple(act for act in own if self.works_on_files(role, table, act))
        sees = self.calls(role, table, "glue:GetTable").allowed
        access = self.lake.evaluate(role.arn, table.database, table.name, table.columns, table.location)
        commits = self.calls(role, table, "glue:UpdateTable").allowed
        return Reach(
            role=role.resource.name,
            table=str(table),
            describes=sees and access.describe,
            cells=self._cells(
                role,
                table,
                access.cells,
                vended=bool(access.registration or table.owner),
                files=files,
            ),
            files=files,
            changes=commits and (not access.enforced or "ALTER" in access.writes),
            known=not role.unknown,
        )

    def _cells(
        self,
        role: Role,
        table: CatalogTable,
        cells: Mapping[str, Any],
        *,
        vended: bool,
        files: tuple[Act, ...],
    ) -> Mapping[str, Rows]:
        """What a query shows: of files that Lake Formation gives, or of those that the role itself reads."""
        given = (
            self.decide(role.arn, "lakeformation:GetDataAccess", "*").allowed if vended else "read" in files
        )
        if not (self.asks(role).allowed and given and self.calls(role, table, "glue:GetTable").allowed):
            return {}
        return _told(cells)

    def asks(self, role: Role) -> Decision:
        """Decide on whether a role may query at all, in any work group."""
        found = Decision(False, "there is no work group")
        for group in self._assembly.of("AWS::Athena::WorkGroup"):
            found = self.decide(role.arn, "athena:StartQueryExecution", group.arn)
            if found.allowed:
                break
        return found

    def calls(self, role: Role, table: CatalogTable, action: str) -> Decision:
        """Decide on a call of Glue about a table, which needs the right on all that it is in as well.

        A link needs it on what it leads to, too.

        - https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
        - https://docs.aws.amazon.com/lake-formation/latest/dg/resource-links-glue-apis.html
        """
        stack = self._assembly.stacks[0]
        prefixes = [
            f"arn:{stack.partition}:glue:{stack.region}:{account}:"
            for account in (stack.account, table.owner)
            if account
        ]
        asked = (f"table/{table.database}/{table.name}", f"database/{table.database}", "catalog")
        return _first_refusal(
            self.decide(role.arn, action, prefix + each) for prefix in prefixes for each in asked
        )

    def works_on_files(self, role: Role, table: CatalogTable, act: Act) -> bool:
        """Whether a role can read, write or delete the files of a table."""
        return _first_refusal(self.file_requests(role, table, act)).allowed

    def file_requests(self, role: Role, table: CatalogTable, act: Act) -> Iterator[Decision]:
        """Decide on what work on the files of a table takes, with the bucket's policy and the key's."""
        stack = self._assembly.stacks[0]
        bucket, _, key = table.location.removeprefix("s3://").partition("/")
        arn = f"arn:{stack.partition}:s3:::{bucket}"
        for action in _ACTS[act]:
            if action.startswith("s3:"):
                yield self.decide(role.arn, action, f"{arn}/{key}/data/file.parquet")
            elif master := self._master_keys.get(bucket):
                yield self.decide(role.arn, action, master, f"s3.{stack.region}.amazonaws.com", arn)

    @cached_property
    def _master_keys(self) -> Mapping[str, str]:
        """ARN of the key that each bucket encrypts with."""
        found = {}
        for bucket in self._assembly.of("AWS::S3::Bucket"):
            rules = bucket.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
            for rule in rules:
                if master := rule.get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID"):
                    found[bucket.name] = master
        return found

    @cached_property
    def _by_arn(self) -> Mapping[str, Role]:
        return {role.arn: role for role in self.roles}

    def _decide(self, role: str, action: str, resource: str, via: str = "", context: str = "") -> Decision:
        owner = resource.partition("/")[0] if resource.startswith("arn:aws:s3") else resource
        policy = self._policies.get(owner)
        keys = _way_in(policy.document if policy else {})
        if via:
            account = self._assembly.stacks[0].account
            keys |= {"kms:ViaService": via, "kms:CallerAccount": account}
            keys["kms:EncryptionContext:aws:s3:arn"] = context
        document = policy.document if policy else self._shared(resource)
        return allowed(Request(action, resource, identity(self._by_arn[role]), keys, document))

    def _shared(self, resource: str) -> Mapping[str, Any] | None:
        """What stands for the policy of a resource of another account, which AWS RAM shares with this one."""
        account = self._assembly.stacks[0].account
        if resource.split(":")[4:5] in ([], [""], [account]):
            return None
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        shared = {"Effect": "Allow", "Principal": principal, "Action": "glue:Get*", "Resource": resource}
        return {"Version": "2012-10-17", "Statement": [shared]}


def _told(cells: Mapping[str, Iterable[str | None]]) -> dict[str, Rows]:
    """Rows by column, where None stands for all of them."""
    return {column: tuple(sorted(each or "" for each in rows)) for column, rows in cells.items()}


def _way_in(document: Document) -> dict[str, Any]:
    """Whence a policy lets its callers come: the matrix tells what they may do from there."""
    for statement in document.get("Statement", []):
        for keys in statement.get("Condition", {}).values():
            if endpoints := keys.get("aws:SourceVpce"):
                return {"aws:SourceVpce": endpoints if isinstance(endpoints, str) else endpoints[0]}
    return {}


def _first_refusal(decisions: Iterator[Decision]) -> Decision:
    found = Decision(True, "nothing is asked")
    for decision in decisions:
        found = decision
        if not decision.allowed:
            break
    return found


def _is_of_people(role: Role) -> bool:
    statements = role.trust.get("Statement", [])
    return any("Service" not in each.get("Principal", {}) for each in statements)
