"""What an API answers: in words of its own, without names of what lies behind it."""

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from aws_cdk import aws_apigateway as apigateway

from lakehouse.page_template import page_template, security_policy

JSON = "application/json"
_HTML = "text/html"

_RETRY = {"Retry-After": "'1'"}
_HEADER = "method.response.header."


class GatewayAnswer(TypedDict, total=False):
    """What API Gateway answers by itself."""

    status_code: str
    response_headers: Mapping[str, str]
    templates: Mapping[str, str]


def _message(text: str, **more: str) -> dict[str, str]:
    return {JSON: json.dumps({"message": text, **more})}


GATEWAY: dict[apigateway.ResponseType, GatewayAnswer] = {
    apigateway.ResponseType.BAD_REQUEST_BODY: {
        "templates": _message(
            "The record breaks its contract.", reason="$context.error.validationErrorString"
        )
    },
    apigateway.ResponseType.THROTTLED: {
        "templates": _message("Too many requests: send it again later."),
        "response_headers": _RETRY,
    },
    apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN: {
        "status_code": "404",
        "templates": _message("There is nothing here."),
    },
}
"""API Gateway says that a token is missing where a path or method is."""


def of_stream() -> list[apigateway.IntegrationResponse]:
    """Say whether the stream has the record; any answer that is not known to be good counts as bad."""
    return [
        apigateway.IntegrationResponse(
            status_code="503",
            response_templates=_message("The record was not stored: send it again later."),
            response_parameters={f"{_HEADER}{name}": value for name, value in _RETRY.items()},
        ),
        apigateway.IntegrationResponse(
            status_code="200", selection_pattern="200", response_templates=_message("The record is stored.")
        ),
    ]


def of_page(html: str) -> apigateway.IntegrationResponse:
    """Show a page that runs its own scripts alone and cannot be framed."""
    headers = {
        "Content-Type": f"{_HTML}; charset=utf-8",
        "Content-Security-Policy": security_policy(html),
        "Cache-Control": "no-cache",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return apigateway.IntegrationResponse(
        status_code="200",
        response_templates={_HTML: page_template(html)},
        response_parameters={f"{_HEADER}{name}": f"'{value}'" for name, value in headers.items()},
    )


def declared(answers: Sequence[apigateway.IntegrationResponse]) -> list[apigateway.MethodResponse]:
    """Declare the answers of an integration, with their headers, as those of its method."""
    return [
        apigateway.MethodResponse(
            status_code=answer.status_code,
            response_parameters=dict.fromkeys(answer.response_parameters or {}, True),
        )
        for answer in answers
    ]
