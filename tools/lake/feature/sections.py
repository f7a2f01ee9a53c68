"""Puts the section of a feature into the text of an environment, or takes it out; comments stay."""

import re
from textwrap import indent
from typing import Any

import yaml

_HEAD = re.compile(
    r"^features:[^\S\n]*(?P<inline>\{\s*\}|null|~)?[^\S\n]*(?P<comment>#[^\n]*)?$", re.MULTILINE
)
_INDENT = "  "


class UneditableError(ValueError):
    """The text is written in a way that cannot be edited without risk."""


def with_section(text: str, example: str) -> str:
    """Return the settings with the section; `example` is YAML of one key, the name of the feature.

    Raises:
        UneditableError: `features` is not written as a block.
    """
    wanted = {**_features(text), **yaml.safe_load(example)}
    before, block, after = _split(text)
    new = indent(example.rstrip("\n"), _INDENT, lambda line: bool(line.strip())) + "\n"
    return _checked(f"{before}features:\n{block}{new}{after}", wanted)


def without_section(text: str, name: str) -> str:
    """Return the settings without the section of the feature.

    Raises:
        UneditableError: `features` is not written as a block.
    """
    wanted = {key: value for key, value in _features(text).items() if key != name}
    before, block, after = _split(text)
    own = re.compile(
        rf"^{_INDENT}{re.escape(name)}:[^\n]*\n(?:{_INDENT}[^\S\n]+[^\n]*\n|[^\S\n]*\n)*", re.MULTILINE
    )
    left = own.sub("", block)
    head = "features:\n" if wanted else "features: {}\n"
    return _checked(f"{before}{head}{left}{after}", wanted)


def _features(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text).get("features") or {})


def _split(text: str) -> tuple[str, str, str]:
    """Return what stands before the key `features`, its indented lines, and what stands behind them."""
    text = text if text.endswith("\n") else text + "\n"
    head = _HEAD.search(text)
    if head is None:
        if re.search(r"^features:", text, re.MULTILINE):
            raise UneditableError("`features` has its value on the same line: write it as a block")
        return text, "", ""
    rest = text[head.end() + 1 :]
    inner = re.match(r"(?:[^\S\n]+\S[^\n]*\n|[^\S\n]*\n(?=[^\S\n]+\S))*", rest)
    size = inner.end() if inner else 0
    return text[: head.start()], rest[:size], rest[size:]


def _checked(text: str, wanted: dict[str, Any]) -> str:
    try:
        if _features(text) == wanted:
            return text
    except yaml.YAMLError:  # what was cut out left a text that is none
        pass
    raise UneditableError("`features` is not indented by two blanks: write it so")
