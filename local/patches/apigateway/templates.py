"""API Gateway's mapping templates: what the lake's APIs need of them, and a refusal of all else.

ministack 1.5.33 renders what it does not know of the Velocity language as nothing, so a wrong template looks
like a right one. Here a template that names anything unknown fails its request with an error that says what.
Added are `$util.base64Encode`, some methods of texts, conditions, and overrides of a response.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html

Proven by `tests/local/patches/apigateway/test_templates.py`. Not emulated: loops, macros, `#elseif`, and
conditions other than a reference, or one that is compared with a number by `>`.
"""

import base64
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import apigateway_v1 as gateway

_OVERRIDES = "responseOverride"
_OVERRIDE_PREFIX = f"$context.{_OVERRIDES}."
_INPUT = {"body", "json", "path", "params"}
_UTIL = {"urlEncode", "base64Encode"}
_TEXT_METHODS: Mapping[str, Callable[..., Any]] = {
    "replaceAll": lambda text, pattern, replacement: re.sub(pattern, replacement, text),
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "contains": lambda text, part: part in text,
    "length": len,
}
"""Those of Java's class String."""

_DIRECTIVE = re.compile(r"#(?!(?:set|if|else|end)\b|\{set\}|#|\*)\{?(\[\[|[a-z]+)")
_VARIABLE = re.compile(r"#set\(\s*\$(\w+)")
_OVERRIDE = re.compile(r"#set\(\s*\$context\.responseOverride\.(?:status|header\.[\w-]+)\s*=")
_BRANCH = re.compile(r"#(if|else|end)\b")

_logger = logging.getLogger("apigateway")

_Steps = Sequence[tuple[str, str | None]]

_emulator_set = gateway._vtl_set
_emulator_util = gateway._vtl_util
_emulator_walk = gateway._vtl_walk


class TemplateError(ValueError):
    """A template asks for what is not emulated, or does not exist."""


def apply() -> None:
    """Check templates before they are rendered, and know more of the language."""
    gateway._render_request_template_v1 = _render
    gateway._vtl_set = _set
    gateway._vtl_util = _util
    gateway._vtl_walk = _walk


def misconfigured(problem: object) -> Any:
    """Log what is wrong with an API, and return the answer that its caller gets."""
    _logger.error("apigateway: %s", problem)
    return gateway._gw_error("API_CONFIGURATION_ERROR", "Internal server error")


def overrides(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what a template has set of the response: its `status`, and each `header.<name>`."""
    return dict(context.get(_OVERRIDES, {}))


def _render(
    template: str, body: str, parameters: Mapping[str, str], context: dict[str, Any] | None = None
) -> str:
    context = {} if context is None else context
    _check(template, context)
    state = {"vars": {}, "context": context, "body": body, "params": parameters, "gobbled": False}
    text, end, closed_by = _block(template, 0, state, live=True)
    if closed_by:
        raise TemplateError(f"the mapping template has #{closed_by} without #if: {template[end:][:200]}")
    return text


def _block(template: str, at: int, state: dict[str, Any], *, live: bool) -> tuple[str, int, str]:
    """Render up to the directive that ends a block.

    Args:
        template: The whole template.
        at: Where the block begins.
        state: What the emulator's renderer keeps.
        live: Whether the block counts; one that does not sets nothing.

    Returns:
        The text, where the template goes on, and the directive: `else`, `end`, or nothing at the end of all.
    """
    parts = []
    while branch := _BRANCH.search(template, at):
        parts.append(_plain(template[at : branch.start()], state, live=live))
        if branch[1] != "if":
            return "".join(parts), branch.end(), branch[1]
        text, at = _choice(template, branch.end(), state, live=live)
        parts.append(text)
    parts.append(_plain(template[at:], state, live=live))
    return "".join(parts), len(template), ""


def _choice(template: str, at: int, state: dict[str, Any], *, live: bool) -> tuple[str, int]:
    end = gateway._vtl_close_paren(template, at)
    if end is None:
        raise TemplateError(f"the mapping template has #if without a condition: {template[at:][:200]}")
    holds = live and _holds(template[at + 1 : end].strip(), state)
    text, at, closed_by = _block(template, end + 1, state, live=holds)
    if closed_by == "else":
        other, at, closed_by = _block(template, at, state, live=live and not holds)
        text += other
    if closed_by != "end":
        raise TemplateError(f"the mapping template has #if without #end: {template[:200]}")
    return text, at


def _holds(condition: str, state: dict[str, Any]) -> bool:
    left, greater, right = condition.rpartition(" > ")
    if not greater:
        return gateway._vtl_value(condition, state) not in (None, False)
    value, limit = gateway._vtl_value(left, state), gateway._vtl_value(right, state)
    return isinstance(value, int) and isinstance(limit, int) and value > limit


def _plain(text: str, state: dict[str, Any], *, live: bool) -> str:
    return str(gateway._vtl_render(text, state)) if live else ""


def _set(inner: str, state: dict[str, Any]) -> None:
    name, _, value = inner.partition("=")
    _, override, place = name.strip().partition(_OVERRIDE_PREFIX)
    if not override:
        _emulator_set(inner, state)
        return
    made = state["context"].setdefault(_OVERRIDES, {})
    if place in made:
        raise TemplateError(f"the mapping template overrides {place} twice")
    made[place] = str(gateway._vtl_value(value, state))


def _check(template: str, context: Mapping[str, Any]) -> None:
    if directive := _DIRECTIVE.search(template):
        raise TemplateError(
            f"the mapping template uses {directive[0]}, which is not emulated: {template[:200]}"
        )
    variables = set(_VARIABLE.findall(template))
    for place in re.finditer(r"\$", _OVERRIDE.sub(lambda found: "-" * len(found[0]), template)):
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
        return first in _INPUT and {name for name, _ in steps[1:]} <= {*_TEXT_METHODS, "get"}
    return root in variables and {name for name, _ in steps} <= _TEXT_METHODS.keys()


def _util(steps: _Steps, state: dict[str, Any]) -> Any:
    name, arguments = steps[0]
    if name != "base64Encode":
        return _emulator_util(steps, state)
    [argument] = gateway._vtl_split_args(arguments or "")
    return base64.b64encode(gateway._vtl_str(gateway._vtl_value(argument, state)).encode()).decode()


def _walk(node: Any, steps: _Steps, state: dict[str, Any]) -> Any:
    if not isinstance(node, str) or not steps or steps[0][0] == "get":
        return _emulator_walk(node, steps, state)
    name, source = steps[0]
    arguments = [gateway._vtl_value(each, state) for each in gateway._vtl_split_args(source or "")]
    value = _TEXT_METHODS[name](node, *arguments)
    return _walk(value, steps[1:], state) if steps[1:] else value
