"""Puts a value under a key at the top of a YAML text, or takes the key out; all else stays, comments too."""

import json
import re

import yaml


class UneditableError(ValueError):
    """The text is written in a way that cannot be edited without risk."""


def with_value(text: str, key: str, value: str) -> str:
    """Return the text with this value under the key, which is added at the top if it is not there.

    A comment behind a former value goes with it. A text that says so already is returned as it is.

    Raises:
        UneditableError: The value there does not stand on the line of its key.
    """
    wanted = {**(yaml.safe_load(text) or {}), key: value}
    if yaml.safe_load(text) == wanted:
        return text
    line = f"{key}: {_scalar(value)}\n"
    edited, found = _line(key).subn(lambda _: line, text, count=1)
    if not found:
        head = re.match(r"(?:#[^\n]*\n|\s*\n)*", text)
        at = head.end() if head else 0
        edited = text[:at] + line + text[at:]
    return _checked(edited, wanted, key)


def without_value(text: str, key: str) -> str:
    """Return the text without the key.

    Raises:
        UneditableError: The value there does not stand on the line of its key.
    """
    wanted = {name: value for name, value in (yaml.safe_load(text) or {}).items() if name != key}
    return _checked(_line(key).sub("", text, count=1), wanted, key)


def _line(key: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(key)}:[^\n]*(?:\n|\Z)", re.MULTILINE)


def _scalar(value: str) -> str:
    try:
        plain = yaml.safe_load(value) == value
    except yaml.YAMLError:
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)


def _checked(text: str, wanted: dict[str, object], key: str) -> str:
    try:
        if (yaml.safe_load(text) or {}) == wanted:
            return text
    except yaml.YAMLError:  # what was cut out left a text that is none
        pass
    raise UneditableError(f"`{key}` whose value is not on its line")
