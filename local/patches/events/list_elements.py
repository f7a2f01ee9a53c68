"""Input transformers take elements of lists, as in `$.detail.findings[0].Title`.

ministack 1.5.33 looks for a member of that name, brackets and all, finds none and puts nothing.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html

Proven by `tests/local/patches/events/test_list_elements.py`. Not emulated: wildcards.
"""

import re
from typing import Any

from ministack.services import eventbridge

_ELEMENT = re.compile(r"\[(\d+)\]")
_emulator_transform = eventbridge._apply_input_transformer


def apply() -> None:
    """Let numbers in brackets stand for elements."""
    eventbridge._apply_input_transformer = _transform


class _List(list[Any]):
    """A list whose elements go by texts, too, as the emulator splits paths into texts."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(int(key) if isinstance(key, str) and key.isdigit() else key)


class _View:
    """The event as the emulator reads it, with such lists."""

    def __init__(self, view: Any) -> None:
        self._view = view

    def event_with_detail(self) -> Any:
        return _indexed(self._view.event_with_detail())

    def envelope(self) -> Any:
        return self._view.envelope()


def _indexed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _indexed(each) for name, each in value.items()}
    return _List(_indexed(each) for each in value) if isinstance(value, list) else value


def _transform(transformer: dict[str, Any], rule: Any, view: Any) -> Any:
    paths = transformer.get("InputPathsMap") or {}
    if not any("[" in path for path in paths.values()):
        return _emulator_transform(transformer, rule, view)
    dotted = {name: _ELEMENT.sub(r".\1", path) for name, path in paths.items()}
    return _emulator_transform({**transformer, "InputPathsMap": dotted}, rule, _View(view))
