"""What an API answers: in words of its own, without names of what lies behind it."""

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from aws_cdk import aws_apigateway as apigateway

from stacks.features.click_api import record_template
from stacks.features.click_api.page_template import page_template, security_policy

JSON = "application/json"
_HTML = "text/html"

_RETRY = {"Retry-After": f"'{record_template.RETRY_SECONDS}'"}
_HEADER = "method.response.header."

TOO_MANY = "Too many requests: send it again later."


class GatewayAnswer(TypedDict, total=False):
    """What API Gateway answers by itself."""

    status_code: str
    response_headers: Mapping[str, str]
    templates: Mapping[str, str]


def _message(text: str, **more: str) -> dict[str, str]:
    return {JSON: json.dumps({"message": text, **more})}


def of_gateway(kibibytes: int) -> dict[apigateway.ResponseType, GatewayAnswer]:
    """Say in words of our own what API Gateway answers by itself, each as JSON.

    A type without an answer of its own takes that of `DEFAULT_4XX` or `DEFAULT_5XX`, with the status it has.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    """
    kinds = apigateway.ResponseType
    return {
        kinds.DEFAULT_4_XX: {"templates": _message("The request was refused.")},
        kinds.DEFAULT_5_XX: {
            "templates": _message("It is not known whether the record is stored: send it again later."),
            "response_headers": _RETRY,
        },
        kinds.BAD_REQUEST_BODY: {
            "templates": _message(
                "The record breaks its contract.", reason="$context.error.validationErrorString"
            )
        },
        kinds.REQUEST_TOO_LARGE: {"templates": _message(record_template.too_large(kibibytes))},
        kinds.UNSUPPORTED_MEDIA_TYPE: {"templates": _message(f"A record is sent as {JSON}.")},
        kinds.THROTTLED: {
            "templates": _message(TOO_MANY),
            "response_headers": _RETRY,
        },
        # API Gateway says that a token is missing where a path or method is.
        kinds.MISSING_AUTHENTICATION_TOKEN: {
            "status_code": "404",
            "templates": _message("There is nothing here."),
        },
    }


def of_stream(kibibytes: int) -> list[apigateway.IntegrationResponse]:
    """Say whether the stream has the record; any answer that is not known to be good counts as bad."""
    return [
        apigateway.IntegrationResponse(
            status_code="503",
            response_templates={JSON: record_template.refusal_template(kibibytes)},
        ),
        apigateway.IntegrationResponse(
            status_code="200", selection_pattern="200", response_templates=_message(record_template.STORED)
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


def declared(
    answers: Sequence[apigateway.IntegrationResponse], *written: str
) -> list[apigateway.MethodResponse]:
    """Declare the answers of an integration, with their headers, as those of its method.

    `written` are headers that their templates may write.
    """
    may = {f"{_HEADER}{name}": False for name in written}
    return [
        apigateway.MethodResponse(
            status_code=answer.status_code,
            response_parameters={**may, **dict.fromkeys(answer.response_parameters or {}, True)},
        )
        for answer in answers
    ]
