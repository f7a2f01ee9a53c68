"""Brings tags and grants of databases and tables to what is wanted, and leaves all else alone."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError
from shared.errors import TerminalError

from lake_formation.request import Governed, Request

if TYPE_CHECKING:
    from mypy_boto3_lakeformation import LakeFormationClient

Answer = TypeVar("Answer")

EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
"""Whoever IAM lets in: https://docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html"""

_DEFAULTS = ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions")

_COLUMNS_MAX = 100
"""Columns that are tagged at once."""

_PAUSES = (1, 2, 4, 8, 16)
"""Seconds before the tries after the first, while somebody else changes the same resource."""


class Governance:
    """Lake Formation of one account.

    Args:
        client: Lake Formation, as one of its administrators.
        pause: What waits for so many seconds.
    """

    def __init__(self, client: "LakeFormationClient", pause: Callable[[float], None] = time.sleep) -> None:
        self._client: Any = client
        self._pause = pause

    def apply(self, request: Request) -> None:
        """Tag everything and, unless it stays open, let Lake Formation decide who comes in.

        Raises:
            TerminalError: Lake Formation refuses a tag.
        """
        for each in request.governed:
            self._tag(each, request.tag_prefix)
        for each in request.governed:
            if request.access == "closed":
                self._close(each)
            elif request.access == "opt-in":
                self._opt_in(each, request.personas)

    def empty_defaults(self) -> None:
        """Have databases and tables that are made from now on let nobody in by IAM alone.

        Everything else in the settings is put back as it was found.
        """
        settings = self._client.get_data_lake_settings()["DataLakeSettings"]
        wanted: dict[str, Any] = {name: [] for name in _DEFAULTS}
        if any(settings.get(name) for name in wanted):
            self._client.put_data_lake_settings(DataLakeSettings={**settings, **wanted})

    def _tag(self, governed: Governed, prefix: str) -> None:
        found = self._client.get_resource_lf_tags(Resource=governed.resource, ShowAssignedLFTags=True)
        if governed.table is None:
            self._retag(governed.resource, governed.tags, _tags(found.get("LFTagOnDatabase"), prefix))
            return
        self._retag(governed.resource, governed.tags, _tags(found.get("LFTagsOnTable"), prefix))
        have = {each["Name"]: _tags(each["LFTags"], prefix) for each in found.get("LFTagsOnColumns", [])}
        changes: dict[tuple[Any, Any], list[str]] = defaultdict(list)
        for name in sorted({*have, *governed.columns}):
            wanted, had = governed.columns.get(name, {}), have.get(name, {})
            if wanted != had:
                changes[_frozen(wanted), _frozen(had)].append(name)
        for (wanted, had), names in changes.items():
            for some in _batches(names):
                self._retag(governed.with_columns(some), dict(wanted), dict(had))

    def _retag(self, resource: Mapping[str, Any], wanted: Mapping[str, str], had: Mapping[str, str]) -> None:
        """Add what is missing, which takes the place of another value, and then remove what is too much."""
        added = {key: value for key, value in wanted.items() if had.get(key) != value}
        removed = {key: value for key, value in had.items() if key not in wanted}
        if added:
            self._change(self._client.add_lf_tags_to_resource, resource, added)
        if removed:
            self._change(self._client.remove_lf_tags_from_resource, resource, removed)

    def _change(
        self, change: Callable[..., Any], resource: Mapping[str, Any], tags: Mapping[str, str]
    ) -> None:
        pairs = [{"TagKey": key, "TagValues": [value]} for key, value in tags.items()]
        answer = self._patiently(lambda: change(Resource=resource, LFTags=pairs))
        if failures := answer.get("Failures"):
            told = "; ".join(
                f"{each['LFTag']['TagKey']}: {each['Error'].get('ErrorMessage', each['Error'])}"
                for each in failures
            )
            raise TerminalError(f"{resource}: {told}; fix: see that the tags are deployed, and deploy again")

    def _close(self, governed: Governed) -> None:
        """Revoke what whoever IAM lets in was granted."""
        principal = {"DataLakePrincipalIdentifier": EVERYBODY}
        found = self._pages(
            self._client.list_permissions,
            "PrincipalResourcePermissions",
            Principal=principal,
            Resource=governed.resource,
        )
        for each in found:
            if _is_about(each["Resource"], governed):
                granted = {"Permissions": each["Permissions"]}
                if grantable := each.get("PermissionsWithGrantOption"):
                    granted["PermissionsWithGrantOption"] = grantable
                self._revoke(principal, each["Resource"], granted)

    def _revoke(self, principal: Mapping[str, str], resource: Mapping[str, Any], granted: Any) -> None:
        self._patiently(
            lambda: self._client.revoke_permissions(Principal=principal, Resource=resource, **granted)
        )

    def _opt_in(self, governed: Governed, personas: Iterable[str]) -> None:
        """Have Lake Formation decide for the personas; nobody else's way in changes."""
        found = self._pages(
            self._client.list_lake_formation_opt_ins,
            "LakeFormationOptInsInfoList",
            Resource=governed.resource,
        )
        there = {
            each["Principal"]["DataLakePrincipalIdentifier"]
            for each in found
            if _is_about(each["Resource"], governed)
        }
        for persona in personas:
            if persona not in there:
                self._opt_in_one(persona, governed.resource)

    def _opt_in_one(self, persona: str, resource: Mapping[str, Any]) -> None:
        principal = {"DataLakePrincipalIdentifier": persona}
        self._patiently(
            lambda: self._client.create_lake_formation_opt_in(Principal=principal, Resource=resource)
        )

    def _pages(self, operation: Callable[..., Any], result: str, **request: Any) -> Iterator[Any]:
        token: dict[str, str] = {}
        while True:
            answer = operation(**request, **token)
            yield from answer[result]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _patiently(self, call: Callable[[], Answer]) -> Answer:
        for seconds in _PAUSES:
            try:
                return call()
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConcurrentModificationException":
                    raise
            self._pause(seconds)
        return call()


def _is_about(resource: Mapping[str, Any], governed: Governed) -> bool:
    """Whether a grant is on this very database or table; lists also tell those on all tables of it."""
    if governed.table is None:
        return bool(resource.get("Database", {}).get("Name") == governed.database)
    table = resource.get("Table", {})
    return (table.get("DatabaseName"), table.get("Name")) == (governed.database, governed.table)


def _tags(found: Iterable[Mapping[str, Any]] | None, prefix: str) -> dict[str, str]:
    return {each["TagKey"]: each["TagValues"][0] for each in found or () if each["TagKey"].startswith(prefix)}


def _frozen(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(tags.items()))


def _batches(names: list[str]) -> Iterator[list[str]]:
    yield from (names[at : at + _COLUMNS_MAX] for at in range(0, len(names), _COLUMNS_MAX))
