"""Requests as they come, and the operation and members that they carry, by the protocol of the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.model import OperationModel, ServiceModel

from local.services import json_shapes

Response = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Incoming:
    """A request, with its path as it was sent, still encoded."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes


class Wire(Protocol):
    """A protocol that requests are written in."""

    def find(self, incoming: Incoming) -> OperationModel | None:
        """Return the operation that a request names, None if the model has no such operation."""

    def read(self, model: OperationModel, incoming: Incoming) -> dict[str, Any]:
        """Return the members of a request.

        Raises:
            Fault: They are not of the types that the model says, or a member is unknown.
        """


class Json:
    """AWS JSON: the operation stands in a header, everything else in the body."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model

    def find(self, incoming: Incoming) -> OperationModel | None:
        """Return the operation of the header `X-Amz-Target`."""
        prefix, _, name = incoming.headers.get("x-amz-target", "").rpartition(".")
        known = prefix == self._model.metadata["targetPrefix"] and name in self._model.operation_names
        return self._model.operation_model(name) if known else None

    def read(self, model: OperationModel, incoming: Incoming) -> dict[str, Any]:
        """Return the members of the body."""
        content = json_shapes.load(incoming.body)
        if model.input_shape is None:
            return {}
        json_shapes.check(model.input_shape, content)
        return json_shapes.parse("json", model.input_shape, incoming.body, dict(incoming.headers))
