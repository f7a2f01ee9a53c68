"""Lake Formation in front of Athena's queries: which cells they read, and with whose credentials.

The data of a registered location is read by the role of its registration, for callers whom IAM allows
`lakeformation:GetDataAccess`, and within the folder of the table; other data by the caller.
https://docs.aws.amazon.com/athena/latest/ug/lf-athena-access.html
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.iam_actions import identity_denial_message
from ministack.core.iam_evaluator import enforce
from ministack.core.responses import get_account_id, get_region, request_scope

from local.patches.athena.catalog.governance import Predicates, Reading
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Name
from local.patches.iam import calls, roles
from local.services.lakeformation import lake as catalog
from local.services.lakeformation.api.settings import PRINCIPAL
from local.services.lakeformation.links import Place, Target
from local.services.lakeformation.model import filters
from local.services.lakeformation.model.access import Access
from local.services.lakeformation.model.errors import lacking
from local.services.lakeformation.model.locations import Registration, arn_of

_GET_DATA_ACCESS = "lakeformation:GetDataAccess"
_DENIED = "Insufficient permissions to execute the query."
_SESSION = "AWSLF-00-AT"


class QueryGuard:
    """Tells Athena what a caller may read.

    Args:
        place: Tells the state of the account and region of a query, and its lock.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def begin(self, access_key: str) -> None:
        """Refuse who may not describe the database `default`, which Athena looks at.

        https://docs.aws.amazon.com/athena/latest/ug/lf-athena-limitations.html

        Raises:
            QueryError: It is there, and they may not.
        """
        caller, database = catalog.principal(access_key), catalog.database("default")
        if caller is None or database is None:
            return
        lake, lock = self._place()
        with lock:
            lake.observe()
            if not lake.database_access(caller, database).describe:
                raise QueryError(f"{_DENIED} {lacking('DESCRIBE', 'default')}")

    def reading(self, access_key: str, name: Name) -> Reading | None:
        """How the holder of an access key may read a table; None as IAM alone allows.

        Raises:
            QueryError: IAM does not allow them to ask for its data.
        """
        found = self._access(access_key, name)
        if found is None:
            return None
        table, access = found
        whole = access.select and access.whole(catalog.columns(table))
        credentials = self._credentials(access_key, access.registration, table) if access.select else None
        return Reading(dict(table), credentials, None if whole else _cells(access))

    def require(self, access_key: str, name: Name, permission: str) -> None:
        """Refuse who lacks a permission on a table.

        Raises:
            QueryError: They do.
        """
        found = self._access(access_key, name)
        if found and permission not in found[1].writes:
            raise QueryError(f"{_DENIED} {lacking(permission, name.table)}")

    def _access(self, access_key: str, name: Name) -> tuple[catalog.Entry, Access] | None:
        """A table with what the caller may do; None if IAM alone decides."""
        caller, table = catalog.principal(access_key), catalog.table(name.database, name.table)
        if table is not None and (target := Target.of(table)):
            shared = target.access(self._place, caller)
            if shared is None:
                raise QueryError(f"{_DENIED} {lacking('DESCRIBE', name.table)}")
            return shared
        if caller is None or table is None:
            return None
        lake, lock = self._place()
        with lock:
            lake.observe()
            access = lake.access(caller, table)
        return (table, access) if access.enforced else None

    def _credentials(
        self, access_key: str, registration: Registration | None, table: catalog.Entry
    ) -> dict[str, str] | None:
        if registration is None:
            return None
        refused = enforce(access_key, _GET_DATA_ACCESS, "lakeformation", get_region(), "*", {})
        if refused is not None:
            who = getattr(refused, "principal_arn", access_key)
            explicit = getattr(refused, "decision", "") == "Deny"
            raise QueryError(f"{_DENIED} {identity_denial_message(_GET_DATA_ACCESS, who, '*', explicit)}")
        self._tell(access_key, table)
        try:
            with request_scope(str(table["CatalogId"]), get_region()):
                within = _within(catalog.location(table))
                return roles.assume(registration.role, PRINCIPAL, _SESSION, within)
        except roles.RoleError as error:
            raise QueryError(f"{_DENIED} {error}") from error

    def _tell(self, access_key: str, table: catalog.Entry) -> None:
        """Tell whoever records calls who got credentials for a table, and by which session files are read.

        https://docs.aws.amazon.com/lake-formation/latest/dg/logging-using-cloudtrail.html
        """
        place = f"{get_region()}:{table['CatalogId']}"
        arn = f"arn:aws:glue:{place}:table/{table['DatabaseName']}/{table['Name']}"
        told = {"requesterService": "ATHENA", "lakeFormationRoleSessionName": _SESSION}
        calls.tell(
            calls.Deed(
                get_account_id(),
                get_region(),
                PRINCIPAL,
                "GetDataAccess",
                access_key,
                "athena.amazonaws.com",
                {"tableArn": arn},
                additional={**told, "lakeFormationPrincipal": catalog.principal(access_key)},
            )
        )


def _within(location: str) -> str:
    """The session policy of credentials for a table: what its role may, and only in its folder."""
    arn = arn_of(location)
    bucket = arn.partition("/")[0]
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": "s3:GetObject*", "Resource": [arn, f"{arn}/*"]},
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": bucket},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _cells(access: Access) -> Mapping[str, Predicates]:
    parsed = {rows: filters.condition(rows) if rows is not None else None for rows in access.rows}
    return {column: frozenset(parsed[rows] for rows in own) for column, own in access.cells.items()}
