"""CloudFormation accepts and records resource types that the emulator lacks, instead of failing the stack.

ministack 1.5.33 refuses a template that names a type without a handler, such as a canary or a GuardDuty
detector. Such a resource now gets a physical id and attributes of the kind that its AWS schema promises, and
is listed as recorded only. A type that the emulator has is never recorded, and one that AWS does not have is
still refused.

Proven by `tests/local/patches/cloudformation/test_recorded_resources.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, provisioners

from local.emulator import control

_REGION = "us-east-1"  # the one whose schema list is complete


@dataclass(frozen=True)
class _Record:
    type: str
    stack: str
    logical_id: str


_records: dict[tuple[str, str], _Record] = {}


def apply() -> None:
    """Let the emulator's handler table answer for every type that AWS documents."""
    handlers = _Handlers(provisioners._RESOURCE_HANDLERS)
    provisioners._RESOURCE_HANDLERS = handlers
    changesets._RESOURCE_HANDLERS = handlers
    control.ACTIONS["GET", "/_lake/recorded"] = _recorded


def _recorded() -> list[dict[str, str]]:
    """Type, stack and logical id of each recorded resource that still exists, sorted."""
    return sorted((vars(record) for record in _records.values()), key=lambda found: tuple(found.values()))


class _Handlers(dict[str, Any]):
    """The emulator's table, completed by recording handlers for documented types that it lacks."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, str) and key in _schema_files())

    def get(self, key: str, default: Any = None) -> Any:
        if super().__contains__(key):
            return super().__getitem__(key)
        return _Recorder(key).handlers() if key in _schema_files() else default

    def __getitem__(self, key: str) -> Any:
        if (found := self.get(key)) is None:
            raise KeyError(key)
        return found


@cache
def _schema_files() -> Mapping[str, Path]:
    """File with the AWS schema of each resource type, as cfn-lint ships them."""
    spec = find_spec("cfnlint")
    if spec is None or spec.submodule_search_locations is None:
        raise RuntimeError("cfn-lint is not installed; install requirements-dev.txt")
    root = Path(spec.submodule_search_locations[0]) / "data" / "schemas"
    names: dict[str, str] = json.loads((root / "providers" / f"{_REGION}.json").read_text())
    return {kind: root / "resources" / f"{name}.json" for kind, name in names.items()}


class _Recorder:
    """Handlers of one resource type, derived from its schema."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        schema = json.loads(_schema_files()[kind].read_text())
        self._identifier = _paths(schema, "primaryIdentifier")
        self._read_only = _paths(schema, "readOnlyProperties")
        self._fixed = _paths(schema, "createOnlyProperties")
        self._properties: dict[str, dict[str, Any]] = schema["properties"]

    def handlers(self) -> dict[str, Any]:
        """The entry for the emulator's handler table."""
        return {
            "create": self._create,
            "update": self._update,
            "update_with_logical_id": True,
            "delete": self._delete,
        }

    def _create(self, logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        name = f"{stack}-{logical_id}-{uuid4().hex[:12]}"
        attributes = {path: self._value(path, name) for path in self._read_only}
        known = {**attributes, **{key: value for key, value in props.items() if isinstance(value, str | int)}}
        physical_id = "|".join(str(known.get(path, name)) for path in self._identifier)
        _records[self._kind, physical_id] = _Record(self._kind, stack, logical_id)
        return physical_id, attributes

    def _update(
        self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str
    ) -> tuple[str, dict[str, Any]]:
        created, attributes = self._create(logical_id, new, stack)
        fixed = {path.split(".", maxsplit=1)[0] for path in self._fixed}
        if created == physical_id or any(old.get(key) != new.get(key) for key in fixed):
            return created, attributes
        _records[self._kind, physical_id] = _records.pop((self._kind, created))
        return physical_id, {path: _same(value, created, physical_id) for path, value in attributes.items()}

    def _delete(self, physical_id: str, props: dict[str, Any]) -> None:
        _records.pop((self._kind, physical_id), None)

    def _value(self, path: str, name: str) -> Any:
        kind = self._properties.get(path.split(".", maxsplit=1)[0], {}).get("type", "string")
        if kind in ("integer", "number", "boolean", "array"):
            return {"integer": 0, "number": 0, "boolean": False, "array": []}[kind]
        if path.rsplit(".", maxsplit=1)[-1].lower().endswith("arn"):
            _, service, resource = self._kind.lower().split("::")
            return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}/{name}"
        return name


def _paths(schema: dict[str, Any], key: str) -> list[str]:
    return [path.removeprefix("/properties/").replace("/", ".") for path in schema.get(key, [])]


def _same(value: Any, created: str, physical_id: str) -> Any:
    return value.replace(created, physical_id) if isinstance(value, str) else value
