"""Resource links: who may read the table of another account to which a link of Glue's leads.

Link and target are asked for separately, by IAM and by Lake Formation: DESCRIBE on the link, what is done on
the target. Who may not see the target sees the link alone.
https://docs.aws.amazon.com/lake-formation/latest/dg/resource-links-glue-apis.html
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from ministack.core.iam_evaluator import enforce
from ministack.core.responses import get_account_id, get_region, request_scope

from local.services.lakeformation import lake as catalog
from local.services.lakeformation.lake import Entry, Lake
from local.services.lakeformation.model.access import Access

Place = Callable[[], tuple[Lake, Any]]
"""The state of the account and region of a request, and its lock."""


@dataclass(frozen=True)
class Target:
    """A table of another account."""

    account: str
    database: str
    name: str

    @classmethod
    def of(cls, entry: Entry) -> Self | None:
        """Where an entry of the catalog leads; None if it is no link."""
        found = entry.get("TargetTable")
        return cls(found["CatalogId"], found["DatabaseName"], found["Name"]) if found else None

    def allowed(self, access_key: str, action: str) -> bool:
        """Whether IAM of the caller's own account allows an action on it and on all that it is in.

        https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
        """
        prefix = f"arn:aws:glue:{get_region()}:{self.account}:"
        asked = (f"table/{self.database}/{self.name}", f"database/{self.database}", "catalog")
        return all(
            enforce(access_key, f"glue:{action}", "glue", get_region(), prefix + each, {}) is None
            for each in asked
        )

    @contextmanager
    def there(self) -> Iterator[None]:
        """Be in its account."""
        with request_scope(self.account, get_region()):
            yield

    def access(self, place: Place, caller: str | None) -> tuple[Entry, Access] | None:
        """The table, and what a caller may do with it; None for the root user is the account as a whole.

        None if there is no such table, or the caller may not see it.
        """
        principal = caller or get_account_id()
        with self.there():
            lake, lock = place()
            with lock:
                lake.observe()
                table = catalog.table(self.database, self.name)
                access = lake.access(principal, table) if table else None
        return (table, access) if table and access and access.describe else None
