"""YAML files that remember on which line each value was written.

The safe loader only: no tag can build a Python object. Beyond YAML's own rules, a repeated key is refused,
because the later value would silently win.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from config.faults import Fault, InvalidInputError

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

KeyPath = tuple[str | int, ...]
"""Keys and list positions that lead from the root of a document to a value."""


_JSON_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")}


class _Loader(SafeLoader):
    """Reads what JSON can hold, since JSON Schema judges it: dates stay text, other tags are refused."""


_Loader.yaml_constructors = {
    tag: constructor
    for tag, constructor in SafeLoader.yaml_constructors.items()
    if tag is None or tag in _JSON_TAGS
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Document:
    """A mapping read from a file."""

    where: str
    """Path of the file, relative to the project."""
    data: dict[str, object]
    root: yaml.Node
    base: "Document | None" = None
    """The file that says what this one leaves out."""

    def over(self, base: "Document") -> "Document":
        """Return this document with what it leaves out taken from another, mappings key by key."""
        return replace(self, data=_joined(base.data, self.data), base=base)

    def fault(self, path: KeyPath, got: object, allowed: str, fix: str) -> Fault:
        """Build a fault at a place in this file, or in its base where that alone has the place."""
        return Fault(self.place(path), dotted(path), got, allowed, fix, dotted(self._named(path)))

    def _named(self, path: KeyPath) -> KeyPath:
        """Return the path with the names of list entries in brackets, where they have one."""
        found: list[str | int] = []
        value: object = self.data
        for part in path:
            value = _below(value, part)
            name = _name(value) if isinstance(part, int) else None
            if name and found:
                found[-1] = f"{found[-1]}[{name}]"
            else:
                found.append(part)
        return tuple(found)

    def place(self, path: KeyPath) -> str:
        """Return `file:line` of a value, of this file unless its base alone has it."""
        at = self.base if self.base and self.base.has(path) and not self.has(path) else self
        return f"{at.where}:{at.line(path)}"

    def has(self, path: KeyPath) -> bool:
        """Whether this file itself has a value at the path."""
        node: yaml.Node = self.root
        for part in path:
            entry = _entry(node, part)
            if entry is None:
                return False
            node = entry[1]
        return True

    def line(self, path: KeyPath) -> int:
        """Return the line of the value at the path, or of its nearest parent that exists."""
        node, line = self.root, self.root.start_mark.line
        for part in path:
            entry = _entry(node, part)
            if entry is None:
                break
            line, node = entry
        return line + 1


def dotted(path: KeyPath) -> str:
    """Write a path as people do: `schema[0].properties[3].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "document"


def read(path: Path, root: Path) -> Document:
    """Read a file below `root` whose content is one mapping.

    Raises:
        InvalidInputError: the file is not UTF-8, not YAML, not a mapping, or repeats keys.
    """
    where = path.relative_to(root).as_posix()
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
            repeated = [] if node is None else list(_repeated(node, (), set()))
            data = None if node is None or repeated else loader.construct_document(node)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidInputError([_malformed(where, error)]) from error
    if repeated:
        raise InvalidInputError(
            [
                Fault(
                    f"{where}:{line}", dotted(at), at[-1], "each key once in a mapping", "remove one of them"
                )
                for line, at in repeated
            ]
        )
    if node is None or not isinstance(data, dict):
        raise InvalidInputError(
            [Fault(where, "document", type(data).__name__, "a mapping of keys to values", "write keys")]
        )
    return Document(where, data, node)


def _joined(base: dict[str, object], own: dict[str, object]) -> dict[str, object]:
    found = dict(base)
    for key, value in own.items():
        below = found.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            found[key] = _joined(below, value)
        else:
            found[key] = value
    return found


def _below(value: object, part: str | int) -> object:
    if isinstance(value, dict):
        return value.get(part)
    return value[part] if isinstance(value, list) and isinstance(part, int) and part < len(value) else None


def _name(value: object) -> str | None:
    found = (value.get(key) for key in ("name", "property", "role")) if isinstance(value, dict) else ()
    return next((name for name in found if isinstance(name, str) and name), None)


def _entry(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


def _repeated(node: yaml.Node, path: KeyPath, seen: set[int]) -> Iterator[tuple[int, KeyPath]]:
    """Yield line and path of each key that its mapping already has; aliases are walked once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, (*path, index), seen)
    elif isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in keys:
                yield key.start_mark.line + 1, (*path, name)
            keys.add(name)
            yield from _repeated(value, (*path, name), seen)


def _malformed(where: str, error: yaml.YAMLError | ValueError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or re.sub(r"\s+", " ", str(error))
    return Fault(
        where if mark is None else f"{where}:{mark.line + 1}",
        "document",
        problem,
        "one YAML document in UTF-8",
        "mend the syntax at or just before this line",
    )
