"""API Gateway's mapping templates: what the lake's APIs need of them, and a refusal of all else.

ministack 1.5.33 renders what it does not know of the Velocity language as nothing, so a wrong template looks
like a right one. Here a template that names anything unknown fails its request with an error that says what.
Added are `$util.base64Encode` and `replaceAll` on texts.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html

Proven by `tests/local/patches/test_apigateway_templates.py`. Not emulated: conditions, loops and macros.
"""

import base64
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ministack.services import apigateway_v1 as gateway

_INPUT = {"body", "json", "path", "params"}
_UTIL = {"urlEncode", "base64Encode"}
_TEXT_METHODS = {"replaceAll", "get"}
_DIRECTIVE = re.compile(r"#(?!set\b|\{set\}|#|\*)\{?(\[\[|[a-z]+)")
_VARIABLE = re.compile(r"#set\(\s*\$(\w+)")

_logger = logging.getLogger("apigateway")

_Steps = Sequence[tuple[str, str | None]]

_emulator_render = gateway._render_request_template_v1
_emulator_util = gateway._vtl_util
_emulator_walk = gateway._vtl_walk


class TemplateError(ValueError):
    """A template asks for what is not emulated, or does not exist."""


def apply() -> None:
    """Check templates before they are rendered, and know two more functions."""
    gateway._render_request_template_v1 = _render
    gateway._vtl_util = _util
    gateway._vtl_walk = _walk


def misconfigured(problem: object) -> Any:
    """Log what is wrong with an API, and return the answer that its caller gets."""
    _logger.error("apigateway: %s", problem)
    return gateway._gw_error("API_CONFIGURATION_ERROR", "Internal server error")


def _render(
    template: str, body: str, parameters: Mapping[str, str], context: Mapping[str, Any] | None = None
) -> str:
    _check(template, context or {})
    return str(_emulator_render(template, body, parameters, context))


def _check(template: str, context: Mapping[str, Any]) -> None:
    if directive := _DIRECTIVE.search(template):
        raise TemplateError(
            f"the mapping template uses {directive[0]}, which is not emulated: {template[:200]}"
        )
    variables = set(_VARIABLE.findall(template))
    for place in re.finditer(r"\$", template):
        reference = gateway._vtl_parse_ref(template, place.start())
        if reference and not _is_known(reference[2], reference[3], variables, context):
            name = template[place.start() : reference[0]]
            raise TemplateError(f"the mapping template names {name}, which is not emulated or does not exist")


def _is_known(root: str, steps: _Steps, variables: set[str], context: Mapping[str, Any]) -> bool:
    first = steps[0][0] if steps else ""
    if root == "context":
        return _emulator_walk(dict(context), steps, {}) is not None
    if root == "util":
        return first in _UTIL and len(steps) == 1
    if root == "input":
        return first in _INPUT and {name for name, _ in steps[1:]} <= _TEXT_METHODS
    return root in variables and not steps


def _util(steps: _Steps, state: dict[str, Any]) -> Any:
    name, arguments = steps[0]
    if name != "base64Encode":
        return _emulator_util(steps, state)
    [argument] = gateway._vtl_split_args(arguments or "")
    return base64.b64encode(gateway._vtl_str(gateway._vtl_value(argument, state)).encode()).decode()


def _walk(node: Any, steps: _Steps, state: dict[str, Any]) -> Any:
    if isinstance(node, str) and steps and steps[0][0] == "replaceAll":
        arguments = gateway._vtl_split_args(steps[0][1] or "")
        pattern, replacement = (gateway._vtl_value(argument, state) for argument in arguments)
        replaced = re.sub(pattern, replacement, node)
        return _walk(replaced, steps[1:], state) if steps[1:] else replaced
    return _emulator_walk(node, steps, state)
