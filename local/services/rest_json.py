"""REST with JSON: method and path tell the operation; members stand in path, query, headers and body."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.model import OperationModel, ServiceModel
from botocore.utils import parse_timestamp

from local.services import json_shapes
from local.services.service import Fault
from local.services.wire import Incoming

_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class _Route:
    operation: OperationModel
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    weight: tuple[int, int]
    """How much a request must have literally: the heaviest route that fits is meant."""


class RestJson:
    """Finds and reads requests of one service."""

    def __init__(self, model: ServiceModel) -> None:
        routes = [_route(model.operation_model(name)) for name in model.operation_names]
        self._routes = sorted(routes, key=lambda route: route.weight, reverse=True)

    def find(self, incoming: Incoming) -> OperationModel | None:
        """Return the operation whose method, path and fixed query a request has."""
        return next((route.operation for route in self._fitting(incoming)), None)

    def read(self, model: OperationModel, incoming: Incoming) -> dict[str, Any]:
        """Return the members of path, query, headers and body."""
        shape = model.input_shape
        if shape is None:
            return {}
        _check_body(shape, json_shapes.load(incoming.body))
        found = json_shapes.parse("rest-json", shape, incoming.body, _Headers(incoming.headers))
        route = next(route for route in self._fitting(incoming) if route.operation.name == model.name)
        match = route.path.fullmatch(_bare(incoming.path))
        labels = match.groupdict() if match else {}
        for name, member in shape.members.items():
            wire_name = member.serialization.get("name", name)
            place = member.serialization.get("location")
            if place == "uri":
                found[name] = _value(member, unquote(labels[_group(wire_name)]))
            elif place == "querystring" and wire_name in incoming.query:
                found[name] = _values(member, incoming.query[wire_name])
        return found

    def _fitting(self, incoming: Incoming) -> Iterator[_Route]:
        path = _bare(incoming.path)
        for route in self._routes:
            fixed = all(incoming.query.get(name) == [value] for name, value in route.query.items())
            if route.method == incoming.method and fixed and route.path.fullmatch(path):
                yield route


class _Headers(dict[str, str]):
    """Headers that are found whatever the case of their names."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())


def _route(operation: OperationModel) -> _Route:
    uri = urlsplit(operation.http["requestUri"])
    parts = _LABEL.split(uri.path.rstrip("/") or "/")
    literals, names, greedy = parts[0::3], parts[1::3], parts[2::3]
    labels = [
        f"(?P<{_group(name)}>{'.+' if plus else '[^/]+'})" for name, plus in zip(names, greedy, strict=True)
    ]
    pattern = "".join(re.escape(text) + label for text, label in zip(literals, [*labels, ""], strict=True))
    query = dict(parse_qsl(uri.query, keep_blank_values=True))
    weight = (sum(map(len, literals)), len(query))
    return _Route(operation, operation.http["method"], re.compile(pattern), query, weight)


def _group(name: str) -> str:
    return "label_" + re.sub(r"\W", "_", name)


def _bare(path: str) -> str:
    return path.rstrip("/") or "/"


def _check_body(shape: Any, content: Any) -> None:
    payload = shape.serialization.get("payload")
    json_shapes.check(shape.members[payload] if payload else shape, content)


def _values(member: Any, texts: list[str]) -> Any:
    if member.type_name == "list":
        return [_value(member.member, text) for text in texts]
    if len(texts) != 1:
        raise Fault("SerializationException", f"got {len(texts)} values in the query where one is allowed")
    return _value(member, texts[0])


def _value(member: Any, text: str) -> Any:
    try:
        match member.type_name:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text]
            case "timestamp":
                return parse_timestamp(text)
    except (ValueError, KeyError) as error:
        raise Fault("SerializationException", f"{text!r} is no {member.type_name}") from error
    return text
