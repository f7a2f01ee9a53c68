"""What linters of templates are not asked, and why; of a feature, its own folder says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from config.load import PROJECT_ROOT
from config.settings import Settings
from stacks.features.registry import switched_on

FILE = "policy_exceptions.yaml"
MENDED = "mended"
"""Key with the checks, by tool, of which a feature that is on leaves nothing to except."""


@dataclass(frozen=True, order=True)
class Exemption:
    """A finding that stands, on some resources."""

    tool: str
    check: str
    resources: str
    """`<stack>/<logical id>`, where `*` stands for anything."""
    reason: str

    def covers(self, tool: str, check: str, resource: str) -> bool:
        """Whether it stands for a finding."""
        return (tool, check) == (self.tool, self.check) and fnmatchcase(resource, self.resources)


def exceptions(settings: Settings, root: Path = PROJECT_ROOT) -> list[Exemption]:
    """Return the exceptions of the lake, and those of the features that are on."""
    files = [root / "stacks" / "policies" / FILE]
    files += [root / "stacks" / "features" / name / FILE for name in switched_on(settings.features)]
    texts = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files if path.is_file()]
    mended = {
        (tool, check) for each in texts for tool, checks in each.pop(MENDED, {}).items() for check in checks
    }
    found = (exemption for each in texts for exemption in _read(each))
    return [each for each in found if (each.tool, each.check) not in mended]


def present(exempt: Iterable[Exemption], resources: Iterable[str]) -> list[Exemption]:
    """Return the exceptions of which a resource is there: what an environment does not have needs none."""
    everything = list(resources)
    return [each for each in exempt if any(fnmatchcase(one, each.resources) for one in everything)]


def _read(found: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[Exemption]:
    for tool, entries in found.items():
        for entry in entries:
            for resources in entry["resources"]:
                yield Exemption(tool, entry["check"], resources, " ".join(entry["reason"].split()))
