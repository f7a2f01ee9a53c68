"""API Gateway's MOCK integrations answer with their rendered template, of any content type.

ministack 1.5.33 answers with the template of `application/json` alone, as it stands, and cuts quotes off the
values of headers. Here the one template of the response is rendered, whatever its type.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html

Proven by `tests/local/patches/apigateway/test_mock.py`. Not emulated: a choice among several templates by
`Accept`; such a response is refused.
"""

import uuid
from typing import Any

from ministack.services import apigateway_v1 as gateway

from local.patches.apigateway.templates import TemplateError, misconfigured

_HEADER = "method.response.header."

_emulator_mock = gateway._invoke_mock_v1


def apply() -> None:
    """Render the answer anew, once the emulator has chosen it."""
    gateway._invoke_mock_v1 = _mock


def _mock(integration: dict[str, Any]) -> Any:
    try:
        return _answer(integration)
    except TemplateError as error:
        return misconfigured(error)


def _answer(integration: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = _emulator_mock(integration)
    chosen = (integration.get("integrationResponses") or {}).get(str(status))
    if chosen is None:
        return status, headers, body
    templates = chosen.get("responseTemplates") or {}
    if len(templates) > 1:
        raise TemplateError(f"a choice among {sorted(templates)} by Accept is not emulated")
    headers = {}
    for kind, template in templates.items():
        headers["Content-Type"] = kind
        context = {"requestId": str(uuid.uuid4())}
        body = gateway._render_request_template_v1(template, "", {}, context).encode()
    for name, value in (chosen.get("responseParameters") or {}).items():
        headers[name.removeprefix(_HEADER)] = _static(value)
    return status, headers, body


def _static(value: str) -> str:
    if value[:1] != "'" or value[-1:] != "'":
        raise TemplateError(f"{value} as the value of a header is not emulated; static values are")
    return value[1:-1]
