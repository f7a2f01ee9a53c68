"""Writes contracts as YAML, with a comment beside everything that a person should look at."""

import sys
from collections.abc import Iterable
from textwrap import wrap
from typing import Any

import yaml

_WIDTH = 100


class Inline(list[Any]):
    """A list on one line."""


class InlineMapping(dict[str, Any]):
    """A mapping on one line."""


class _Dumper(yaml.SafeDumper):
    """Indents lists below their keys, and writes nothing by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    Inline, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)
_Dumper.add_representer(
    InlineMapping,
    lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True),
)


def yaml_text(value: object) -> str:
    """Return a value as YAML, its keys in their order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=sys.maxsize)


def comments(texts: Iterable[str], mark: str = "check: ") -> str:
    """Write texts as comments; what follows a line break in one is YAML, to be copied as it stands."""
    lines = []
    for each in texts:
        text, _, sample = each.partition("\n")
        lines += wrap(f"# {mark}{one_line(text)}", _WIDTH, subsequent_indent="#   ", break_on_hyphens=False)
        lines += [f"#   {sample}"] if sample else []
    return "".join(f"{line}\n" for line in lines)


def one_line(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())
