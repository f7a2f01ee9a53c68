"""CloudFormation types of Lake Formation.

A changed resource is created anew before the old one is deleted, so a filter of the same name and a grant to
the same principal on the same resource collide with what is there. The schemas of these types ask for the
other order (`replacementStrategy: delete_then_create`); whether CloudFormation follows that was not tried on
AWS, and templates that work here work in both.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_LakeFormation.html
"""

import json
from typing import Any, ClassVar

from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id

from local.services.lakeformation.model import settings
from local.services.resource_type import OwnType

Json = dict[str, Any]


class _Settings(OwnType):
    """`MutationType: APPEND` adds; anything else replaces, which evicts the administrators there were.

    Empty default permissions are ignored in both: a template cannot clear them.
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2197
    """

    name: ClassVar = "AWS::LakeFormation::DataLakeSettings"

    def create(self, client: Any, properties: Json) -> tuple[str, Json]:
        now = settings.parse(client.get_data_lake_settings()["DataLakeSettings"])
        given = {name: value for name, value in properties.items() if name not in ("MutationType", "Id")}
        if "Admins" in given:
            given["DataLakeAdmins"] = given.pop("Admins")
        for name in ("AllowExternalDataFiltering", "AllowFullTableExternalDataAccess"):
            if name in given:
                given[name] = _flag(given[name])
        if properties.get("MutationType") != "APPEND":
            now = settings.evicted(now)
        client.put_data_lake_settings(DataLakeSettings=settings.shape(settings.appended(now, given)))
        return get_account_id(), {"Id": get_account_id()}

    def update(self, client: Any, old: Json, new: Json) -> tuple[str, Json]:
        return self.create(client, new)

    def delete(self, client: Any, properties: Json) -> None:
        """Leave the settings as they are, so that nobody loses the lake with a stack."""


class _Resource(OwnType):
    name: ClassVar = "AWS::LakeFormation::Resource"

    def create(self, client: Any, properties: Json) -> tuple[str, Json]:
        client.register_resource(**_registration(properties))
        return properties["ResourceArn"], {"Id": properties["ResourceArn"]}

    def update(self, client: Any, old: Json, new: Json) -> tuple[str, Json]:
        known = _registration(new)
        known.pop("UseServiceLinkedRole")
        client.update_resource(**known)
        return new["ResourceArn"], {"Id": new["ResourceArn"]}

    def delete(self, client: Any, properties: Json) -> None:
        with _Gone():
            client.deregister_resource(ResourceArn=properties["ResourceArn"])


class _Tag(OwnType):
    name: ClassVar = "AWS::LakeFormation::Tag"

    def create(self, client: Any, properties: Json) -> tuple[str, Json]:
        client.create_lf_tag(TagKey=properties["TagKey"], TagValues=properties["TagValues"])
        return properties["TagKey"], {}

    def update(self, client: Any, old: Json, new: Json) -> tuple[str, Json]:
        before, after = ({value.lower() for value in each["TagValues"]} for each in (old, new))
        changes = {"TagValuesToAdd": sorted(after - before), "TagValuesToDelete": sorted(before - after)}
        client.update_lf_tag(TagKey=new["TagKey"], **{name: each for name, each in changes.items() if each})
        return new["TagKey"], {}

    def delete(self, client: Any, properties: Json) -> None:
        with _Gone():
            client.delete_lf_tag(TagKey=properties["TagKey"])


class _TagAssociation(OwnType):
    name: ClassVar = "AWS::LakeFormation::TagAssociation"

    def create(self, client: Any, properties: Json) -> tuple[str, Json]:
        resource, tags = _resource(properties["Resource"]), properties["LFTags"]
        failures = client.add_lf_tags_to_resource(Resource=resource, LFTags=tags).get("Failures")
        if failures:
            raise ValueError(f"{self.name}: {failures[0]['Error']['ErrorMessage']}")
        names = {"ResourceIdentifier": _text(resource), "TagsIdentifier": _text(tags)}
        return "|".join(names.values()), names

    def delete(self, client: Any, properties: Json) -> None:
        """Detach what is still attached: a value that was replaced is not."""
        with _Gone():
            resource = _resource(properties["Resource"])
            client.remove_lf_tags_from_resource(Resource=resource, LFTags=properties["LFTags"])


class _PrincipalPermissions(OwnType):
    name: ClassVar = "AWS::LakeFormation::PrincipalPermissions"

    def create(self, client: Any, properties: Json) -> tuple[str, Json]:
        grant = self._grant(properties)
        if _granted(client, grant):
            raise ValueError(f"{self.name}: AlreadyExists: the principal has a grant on this resource")
        client.grant_permissions(**grant)
        names = {
            "PrincipalIdentifier": grant["Principal"]["DataLakePrincipalIdentifier"],
            "ResourceIdentifier": _text(grant["Resource"]),
        }
        return "|".join(names.values()), names

    def delete(self, client: Any, properties: Json) -> None:
        with _Gone("No permissions revoked"):
            client.revoke_permissions(**self._grant(properties))

    def _grant(self, properties: Json) -> Json:
        return {
            "Principal": properties["Principal"],
            "Resource": _resource(properties["Resource"]),
            "Permissions": properties["Permissions"],
            "PermissionsWithGrantOption": properties["PermissionsWithGrantOption"],
        }


class _DataCellsFilter(OwnType):
    name: ClassVar = "AWS::LakeFormation::DataCellsFilter"

    def create(self, client: Any, properties: Json) -> tuple[str, Json]:
        client.create_data_cells_filter(TableData=properties)
        return "|".join(properties[name] for name in _FILTER), {}

    def delete(self, client: Any, properties: Json) -> None:
        with _Gone():
            client.delete_data_cells_filter(**{name: properties[name] for name in _FILTER})


_FILTER = ("TableCatalogId", "DatabaseName", "TableName", "Name")

TYPES: tuple[OwnType, ...] = (
    _Settings(),
    _Resource(),
    _Tag(),
    _TagAssociation(),
    _PrincipalPermissions(),
    _DataCellsFilter(),
)


class _Gone:
    """What is to be deleted may be gone already."""

    def __init__(self, message: str = "") -> None:
        self._message = message

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, ClientError):
            return False
        found = error.response["Error"]
        said = bool(self._message) and self._message in found["Message"]
        return found["Code"] == "EntityNotFoundException" or said


def _registration(properties: Json) -> Json:
    flags = ("UseServiceLinkedRole", "WithFederation", "HybridAccessEnabled")
    given = {name: _flag(properties[name]) for name in flags if name in properties}
    return {**given, **{name: properties[name] for name in ("ResourceArn", "RoleArn") if name in properties}}


def _resource(properties: Json) -> Json:
    """A resource as the API takes it: what has no members may be any text in a template."""
    [(kind, value)] = properties.items()
    if kind == "Catalog":
        return {"Catalog": {}}
    return {kind: {**value, "TableWildcard": {}} if "TableWildcard" in value else value}


def _granted(client: Any, grant: Json) -> bool:
    answer: Json = {}
    while True:
        more = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
        answer = client.list_permissions(Principal=grant["Principal"], Resource=grant["Resource"], **more)
        wanted = _comparable(grant["Resource"])
        if any(_comparable(each["Resource"]) == wanted for each in answer["PrincipalResourcePermissions"]):
            return True
        if "NextToken" not in answer:
            return False


def _comparable(resource: Json) -> str:
    """A resource without its catalog, in which order it was written, and in lower case."""
    [(kind, value)] = resource.items()
    members = {name: each for name, each in value.items() if "CatalogId" not in name}
    return _text({kind: members}).lower()


def _text(value: Any) -> str:
    return json.dumps(_sorted(value), sort_keys=True)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=json.dumps)
    return value


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"
