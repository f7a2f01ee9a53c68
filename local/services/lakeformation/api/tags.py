"""LF-tags, and what they are attached to."""

from collections.abc import Callable, Mapping

from ministack.core.responses import get_account_id

from local.services.lakeformation.api.base import Base, Json, answers, page
from local.services.lakeformation.lake import require
from local.services.lakeformation.model import resources
from local.services.lakeformation.model.errors import LakeFormationError, invalid, lacking
from local.services.lakeformation.model.grants import expanded
from local.services.lakeformation.model.resources import Catalog, Columns, Database, Table, Tag
from local.services.lakeformation.model.tags import Tagged
from local.services.service import Request


class TagOperations(Base):
    """`*LFTag*`, saved expressions and searches aside."""

    @answers()
    def create_lf_tag(self, request: Request) -> Json:
        """Make a key with its values; its maker may do everything with it."""
        caller = self.caller
        if caller and not self.lake.is_admin(caller):
            grants = (each for each in self.state.held_by(caller) if each.resource == Catalog())
            if not any("CREATE_LF_TAG" in each.held.permissions for each in grants):
                raise lacking("CREATE_LF_TAG", "Catalog")
        self.state.tags.create(request["TagKey"], request["TagValues"])
        if caller:
            self.state.creators[_every_value(request["TagKey"])] = caller
        return {}

    @answers()
    def update_lf_tag(self, request: Request) -> Json:
        """Change the values of a key."""
        self._require("ALTER", request["TagKey"])
        changes = request.get("TagValuesToAdd", []), request.get("TagValuesToDelete", [])
        self.state.tags.update(request["TagKey"], *changes)
        return {}

    @answers()
    def delete_lf_tag(self, request: Request) -> Json:
        """Delete a key, also where it is attached."""
        self._require("DROP", request["TagKey"])
        self.lake.tags.delete(request["TagKey"])
        self.state.creators.pop(_every_value(request["TagKey"]), None)
        return {}

    @answers()
    def get_lf_tag(self, request: Request) -> Json:
        """Return a key."""
        self._require("DESCRIBE", request["TagKey"])
        return self._told(request["TagKey"].lower())

    @answers()
    def list_lf_tags(self, request: Request) -> Json:
        """List the keys that the caller may see."""
        keys = sorted(key for key in self.state.tags.keys if self._may("DESCRIBE", key))
        return _filled(page("LFTags", map(self._told, keys), request))

    @answers()
    def add_lf_tags_to_resource(self, request: Request) -> Json:
        """Attach tags; those that cannot be are told as failures."""
        return self._each(request, self.lake.tags.attach)

    @answers()
    def remove_lf_tags_from_resource(self, request: Request) -> Json:
        """Detach tags; those that are not attached are told as failures."""
        return self._each(request, self.lake.tags.detach)

    @answers()
    def get_resource_lf_tags(self, request: Request) -> Json:
        """Return the tags of a resource: inherited ones too, unless only assigned ones are asked for."""
        resource = self._tagged(request)
        assigned = bool(request.get("ShowAssignedLFTags"))
        tags = self.lake.tags
        if isinstance(resource, Database):
            return _filled({"LFTagOnDatabase": _pairs(tags.of(resource.name))})
        table = resource.name if isinstance(resource, Table) else resource.table
        place = resource.database, table
        on_table = tags.attached(Table(*place)) if assigned else tags.of(*place)
        names = resource.names if isinstance(resource, Columns) else tags.tagged_columns(*place)
        on_columns = {
            name: tags.attached(Columns(*place, frozenset({name}))) if assigned else tags.of(*place, name)
            for name in sorted(names)
        }
        listed = [{"Name": name, "LFTags": _pairs(each)} for name, each in on_columns.items() if each]
        found = {
            "LFTagOnDatabase": _pairs(tags.of(resource.database)),
            "LFTagsOnTable": _pairs(on_table),
            "LFTagsOnColumns": listed,
        }
        return _filled(found)

    def _each(self, request: Request, change: Callable[[Tagged, str, str], None]) -> Json:
        resource, failures = self._tagged(request), []
        for pair in request["LFTags"]:
            try:
                [value] = pair["TagValues"] if len(pair["TagValues"]) == 1 else [None]
                if value is None:
                    raise invalid("A resource has one value of a key")
                self._require("ASSOCIATE", pair["TagKey"], value)
                change(resource, pair["TagKey"], value)
            except LakeFormationError as error:
                failure = {"ErrorCode": error.code, "ErrorMessage": str(error)}
                failures.append({"LFTag": pair, "Error": failure})
        return {"Failures": failures} if failures else {}

    def _tagged(self, request: Request) -> Tagged:
        resource = resources.parse(request["Resource"])
        excluded = isinstance(resource, Columns) and resource.excluded
        if not isinstance(resource, Database | Table | Columns) or excluded:
            raise invalid("Tags are attached to databases, tables and named columns")
        require(resource)
        return resource

    def _require(self, permission: str, key: str, value: str = "") -> None:
        self.state.tags.values(key)
        if not self._may(permission, key.lower(), value):
            raise lacking(permission, key)

    def _may(self, permission: str, key: str, value: str = "") -> bool:
        caller = self.caller
        if caller is None or self.state.is_admin(caller):
            return True
        if permission == "DESCRIBE" and self.state.sees_all(caller):
            return True
        return any(
            permission in expanded(tag, each.held.permissions)
            for each in self.state.held_by(caller)
            if isinstance(tag := each.resource, Tag)
            and tag.key == key
            and (not value or tag.values & {value.lower(), "*"})
        )

    def _told(self, key: str) -> Json:
        values = sorted(self.state.tags.values(key))
        return {"CatalogId": get_account_id(), "TagKey": key, "TagValues": values}


def _pairs(tags: Mapping[str, str]) -> list[Json]:
    return [
        {"CatalogId": get_account_id(), "TagKey": key, "TagValues": [value]}
        for key, value in sorted(tags.items())
    ]


def _every_value(key: str) -> Tag:
    return Tag(key.lower(), frozenset({"*"}))


def _filled(answer: Json) -> Json:
    """An answer without empty lists, which the API's model forbids."""
    return {name: value for name, value in answer.items() if value}
