"""A service that the embedded AWS lacks is refused by its name, whoever asks.

ministack 1.5.33 answers `400` with a body in which an SDK finds neither code nor message.
"""

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.exceptions import UnknownServiceError

from local.services.wire import Response

CODE = "ServiceNotEmulated"


class Handlers(dict[str, Any]):
    """The emulator's table of handlers, with a refusal for every other service."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return the handler of a service, or what refuses it."""
        return super().get(key) or refuse(key)


def refuse(service: str) -> Callable[..., Any]:
    """Return a handler that refuses, as SDKs of the service can read it."""
    message = f"the embedded AWS has no service {service}: docs/add-a-local-service.md tells how to add one"

    async def handle(*_request: Any) -> Response:
        if not _speaks_xml(service):
            headers = {"Content-Type": "application/json", "x-amzn-errortype": CODE}
            return 501, headers, json.dumps({"__type": CODE, "message": message}).encode()
        error = f"<Error><Code>{CODE}</Code><Message>{escape(message)}</Message></Error>"
        return 501, {"Content-Type": "text/xml"}, f"<ErrorResponse>{error}</ErrorResponse>".encode()

    return handle


def _speaks_xml(service: str) -> bool:
    try:
        protocol = botocore.session.get_session().get_service_model(service).resolved_protocol
    except UnknownServiceError:
        return False  # signed by a name that is not the model's; all such services speak JSON
    return protocol in ("query", "ec2", "rest-xml")
