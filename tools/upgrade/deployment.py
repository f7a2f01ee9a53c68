"""What a revision deploys: its resources, and what its constructs say beside the templates."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.assembly.assembly import Assembly, Resource

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
"""Of the content of an asset: other content is no other right."""
_WORD = re.compile(r"[A-Za-z0-9-]+")
_CAMEL = re.compile(r"[A-Z][a-z0-9]*|[a-z0-9]+")
_DOMAIN, _DATASETS = "Domain", "Datasets"
"""How stacks of domains begin, and the construct of such a stack that holds a construct for each dataset."""


@dataclass(frozen=True)
class Constructs:
    """What the assembly says of a stack beside its template."""

    paths: Mapping[str, str] = field(default_factory=dict)
    """Path of the construct of each resource, by logical id."""
    acknowledged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Reasons by path of the construct and id of the finding."""
    protected: bool = False
    """Whether nobody deletes the stack before taking its protection away."""


class Deployment:
    """An assembly, and the places in it by which two of them are compared."""

    def __init__(self, assembly: Assembly, constructs: Mapping[str, Constructs]) -> None:
        """Take what is deployed, and what is said of each stack."""
        self.assembly = assembly
        self.constructs = constructs

    @classmethod
    def of_folder(cls, folder: Path) -> "Deployment":
        """Read a cloud assembly.

        Raises:
            InvalidInputError: There is no template, or one is no JSON.
        """
        return cls(Assembly.of_folder(folder), dict(_constructs(folder)))

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Every resource by its place, `<stack>/<logical id>`."""
        return {str(each): each for each in self.assembly.resources}

    @cached_property
    def stacks(self) -> set[str]:
        """Ids of the stacks."""
        return {each.id for each in self.assembly.stacks}

    def raw(self, resource: Resource) -> Mapping[str, Any]:
        """Return a resource as its template has it."""
        found: Mapping[str, Any] = resource.stack.resources[resource.id]
        return found

    def path(self, resource: Resource) -> str:
        """Return the path of a resource's construct; its place where nobody says it."""
        known = self.constructs.get(resource.stack.id, Constructs()).paths
        return known.get(resource.id, str(resource))

    def is_protected(self, stack: str) -> bool:
        """Whether nobody deletes a stack before taking its protection away."""
        return self.constructs.get(stack, Constructs()).protected

    def acknowledged(self) -> Iterator[tuple[str, str, str]]:
        """Yield the path of the construct, the id of the finding and the reason of each acknowledgement."""
        for each in self.constructs.values():
            for (path, finding), reason in each.acknowledged.items():
                yield path, finding, reason

    def shape(self, path: str) -> str:
        """Return a path without the names of domain and dataset: what is of a kind has the same one."""
        segments = path.split("/")
        if segments[0].startswith(_DOMAIN):
            segments[0] = "<domain>"
        if segments[1:2] == [_DATASETS] and len(segments) > 2:  # noqa: PLR2004 (there is a dataset)
            segments[2] = "<dataset>"
        return "/".join(segments)

    def general(self, text: str, path: str) -> str:
        """Return a text about a construct without what tells it from others of its kind.

        Content hashes, the names of its domain and dataset, and what CloudFormation calls the resources of
        its stack.
        """
        segments = path.split("/")
        names = self._names.get(segments[0], {})
        text = _WORD.sub(lambda word: names.get(word[0], word[0]), without_hashes(text))
        if segments[0].startswith(_DOMAIN):
            text = text.replace(f"<{segments[0]}.", "<<domain>.")
            text = _words(segments[0].removeprefix(_DOMAIN).rstrip("0123456789")).sub("<domain>", text)
        if self.shape(path) != path and segments[1:2] == [_DATASETS]:
            text = _words(segments[2]).sub("<dataset>", text)
        return text

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        """By stack the shapes of its resources, by their logical ids and names."""
        found: dict[str, dict[str, str]] = {}
        for each in self.assembly.resources:
            shape = f"<{self.shape(self.path(each))}>"
            found.setdefault(each.stack.id, {}).update({each.id: shape, each.name: shape})
        return found


def without_hashes(text: str) -> str:
    """Return a text without the content hashes of assets."""
    return _HASH.sub("<asset>", text)


def _words(name: str) -> re.Pattern[str]:
    """Pattern of a name however it is written: `PowerPlant`, `power_plant`, `power-plant`."""
    parts = "[-_]?".join(map(re.escape, _CAMEL.findall(name))) or re.escape(name)
    return re.compile(rf"(?<![A-Za-z0-9]){parts}(?![A-Za-z0-9])", re.IGNORECASE)


def _constructs(folder: Path) -> Iterator[tuple[str, Constructs]]:
    manifest = folder / "manifest.json"
    artifacts = json.loads(manifest.read_text(encoding="utf-8"))["artifacts"] if manifest.is_file() else {}
    for name, artifact in artifacts.items():
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _constructs(folder / artifact["properties"]["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            metadata = dict(artifact.get("metadata", {}))
            if beside := artifact.get("additionalMetadataFile"):
                metadata |= json.loads((folder / beside).read_text(encoding="utf-8"))
            protected = bool(artifact["properties"].get("terminationProtection"))
            yield name, Constructs(*_said(metadata), protected)


def _said(metadata: Mapping[str, Any]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    paths: dict[str, str] = {}
    acknowledged: dict[tuple[str, str], str] = {}
    for path, entries in metadata.items():
        own = path.lstrip("/")
        for entry in entries:
            if entry["type"] == "aws:cdk:logicalId":
                paths[entry["data"]] = own
            elif entry["type"] == "aws:cdk:acknowledged-rules":
                acknowledged |= {
                    (own, rule.removeprefix("Annotation::")): reason for rule, reason in entry["data"].items()
                }
    return paths, acknowledged
