"""CloudFormation types of local services, handled by calls to the service.

The calls come in by the emulator's door, so that requests are checked as anybody's. As with the emulator's
own types, they are made as the account's root user, not with the rights of who deploys.
"""

import json
import uuid
from functools import cache
from typing import Any

import jmespath
from botocore import xform_name
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners, stacks

from local.patches.cloudformation.recorded_resources import _schema_files
from local.patches.iam import roles
from local.services import model
from local.services.model import UnsuitableServiceError
from local.services.resource_type import OwnType, ResourceType

Json = dict[str, Any]

_local: set[str] = set()
_emulator_waits = stacks._runs_on_worker_thread


def apply() -> None:
    """Let handlers of local types wait for calls to this process."""
    stacks._runs_on_worker_thread = lambda kind: kind in _local or _emulator_waits(kind)


def register(service: str, kind: ResourceType | OwnType) -> None:
    """Handle a type.

    Raises:
        UnsuitableServiceError: AWS has no such type or operation, or it has other attributes.
    """
    handler = _Handler(service, kind) if isinstance(kind, ResourceType) else _OwnHandler(service, kind)
    provisioners._RESOURCE_HANDLERS[kind.name] = {
        "create": handler.create,
        "update": handler.update,
        "update_with_logical_id": True,
        "delete": handler.delete,
    }
    _local.add(kind.name)


class _Handler:
    def __init__(self, service: str, kind: ResourceType) -> None:
        self._service = service
        self._kind = kind
        self._known: dict[tuple[str, str, str], Json] = {}  # attributes by account, region and identifier
        self._inputs = {
            name: each.input_shape for name, each in model.operations(model.load(service)).items()
        }
        schema = _schema(kind.name)
        self._fixed = {_top(path) for path in schema.get("createOnlyProperties", [])}
        self._tags = schema.get("tagging", {}).get("tagProperty", "/properties/Tags").rsplit("/", 1)[-1]
        named = [kind.create, kind.read, kind.update, kind.delete]
        named += [kind.tagging.add, kind.tagging.remove] if kind.tagging else []
        missing = [each for each in named if each and xform_name(each) not in self._inputs]
        attributes = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
        if missing or attributes != set(kind.attributes):
            raise UnsuitableServiceError(
                f"{kind.name}: operations that {service} does not have: {missing or 'none'}; attributes of "
                f"the type: {sorted(attributes)}, declared: {sorted(kind.attributes)}"
            )

    def create(self, logical_id: str, properties: Json, stack: str) -> tuple[str, Json]:
        """Return what Ref and Fn::GetAtt give."""
        given = dict(properties)
        if self._kind.generated and self._kind.generated not in given:
            given[self._kind.generated] = f"{stack}-{logical_id}-{uuid.uuid4().hex[:12]}".lower()
        answer = self._call(self._kind.create, given)
        named = {**self._parameters(self._kind.create, given), **answer}
        identifier = str(jmespath.search(self._kind.identifier, named))
        return identifier, self._attributes(identifier, answer)

    def update(self, identifier: str, old: Json, new: Json, stack: str, logical_id: str) -> tuple[str, Json]:
        """Change a resource, or make another, which the emulator takes for a replacement."""
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if changed & self._fixed:
            return self.create(logical_id, new, stack)
        self._retag(identifier, old.get(self._tags) or [], new.get(self._tags) or [])
        others = sorted(changed - {self._tags})
        if not others:
            return identifier, self._known[get_account_id(), get_region(), identifier]
        if not self._kind.update:
            raise ValueError(f"{self._kind.name}: the API cannot change {', '.join(others)}")
        kept = {name: value for name, value in new.items() if name not in {self._tags, *self._fixed}}
        answer = self._call(self._kind.update, {**kept, self._kind.key: identifier})
        return identifier, self._attributes(identifier, answer)

    def delete(self, identifier: str, properties: Json) -> None:
        """Delete a resource; nothing if it is gone."""
        client = self._client()
        try:
            getattr(client, xform_name(self._kind.delete))(**{self._kind.key: identifier})
        except client.exceptions.ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise

    def _attributes(self, identifier: str, answer: Json) -> Json:
        if self._kind.read:
            answer = self._call(self._kind.read, {self._kind.key: identifier})
        found = {name: jmespath.search(place, answer) for name, place in self._kind.attributes.items()}
        told = {name: value for name, value in found.items() if value is not None}
        self._known[get_account_id(), get_region(), identifier] = told
        return told

    def _retag(self, identifier: str, old: list[Json], new: list[Json]) -> None:
        before, after = ({tag["Key"]: tag["Value"] for tag in tags} for tags in (old, new))
        tagging = self._kind.tagging
        if before == after or tagging is None:
            return
        arn = self._kind.arn.format(id=identifier, account=get_account_id(), region=get_region())
        if gone := sorted(before.keys() - after.keys()):
            self._call(tagging.remove, {tagging.arn: arn, tagging.keys: gone})
        if after:
            self._call(tagging.add, {tagging.arn: arn, tagging.tags: new})

    def _call(self, operation: str, properties: Json) -> Json:
        parameters = self._parameters(operation, properties)
        return dict(getattr(self._client(), xform_name(operation))(**parameters))

    def _parameters(self, operation: str, properties: Json) -> Json:
        renamed = {self._kind.renamed.get(name, name): value for name, value in properties.items()}
        return dict(_converted(self._inputs[xform_name(operation)], renamed, self._kind.name))

    def _client(self) -> Any:
        return roles.client(self._service, roles.caller())


class _OwnHandler:
    def __init__(self, service: str, kind: OwnType) -> None:
        self._service = service
        self._kind = kind
        self._fixed = {_top(path) for path in _schema(kind.name).get("createOnlyProperties", [])}

    def create(self, _logical_id: str, properties: Json, _stack: str) -> tuple[str, Json]:
        """Return what Ref and Fn::GetAtt give."""
        return self._kind.create(self._client(), properties)

    def update(self, _identifier: str, old: Json, new: Json, stack: str, logical_id: str) -> tuple[str, Json]:
        """Change a resource, or make another, which the emulator takes for a replacement."""
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if changed & self._fixed:
            return self.create(logical_id, new, stack)
        return self._kind.update(self._client(), old, new)

    def delete(self, _identifier: str, properties: Json) -> None:
        """Delete a resource; nothing if it is gone."""
        self._kind.delete(self._client(), properties)

    def _client(self) -> Any:
        return roles.client(self._service, roles.caller())


def _converted(shape: Any, value: Any, where: str) -> Any:
    """A property as its parameter is typed."""
    match shape.type_name:
        case "structure":
            members = {name.lower(): name for name in shape.members}
            if unknown := [name for name in value if name.lower() not in members]:
                raise ValueError(f"{where}: the API has no parameter for {', '.join(unknown)}")
            named = {members[name.lower()]: each for name, each in value.items()}
            return {
                name: _converted(shape.members[name], each, f"{where}.{name}") for name, each in named.items()
            }
        case "list":
            return [_converted(shape.member, each, where) for each in value]
        case "map":
            pairs = (
                [(tag["Key"], tag["Value"]) for tag in value] if isinstance(value, list) else value.items()
            )
            return {name: _converted(shape.value, each, f"{where}.{name}") for name, each in pairs}
        case _:
            return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    """A value whose property may be a text where its parameter is none, or the other way round."""
    match kind:
        case "string" if not isinstance(value, str):
            return json.dumps(value)
        case "boolean" if isinstance(value, str):
            return {"true": True, "false": False}[value.lower()]
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
    return value


@cache
def _schema(kind: str) -> Json:
    files = _schema_files()
    if kind not in files:
        raise UnsuitableServiceError(f"{kind}: CloudFormation has no such type")
    return dict(json.loads(files[kind].read_text()))


def _top(path: str) -> str:
    return path.removeprefix("/properties/").split("/")[0]
