"""The features of this project: found by their folders, never listed."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from pydantic import create_model

from config.section import Section
from stacks.features.feature import Feature, SourceHook

_FOLDER = Path(__file__).parent


@cache
def features() -> Mapping[str, Feature]:
    """Return every feature by its name, sorted."""
    names = sorted(path.parent.name for path in _FOLDER.glob("*/feature.py"))
    return {name: import_module(f"{__package__}.{name}.feature").FEATURE for name in names}


def sources() -> Mapping[str, SourceHook]:
    """Return how features bring records, by the name of those that do."""
    return {name: feature.source for name, feature in features().items() if feature.source is not None}


@cache
def sections() -> type[Section]:
    """Return the type of the settings `features`: a key for each feature, none where it is off."""
    fields = {name: (feature.section | None, None) for name, feature in features().items()}
    doc = "Optional systems; one that is absent is not deployed, and its code is not imported."
    return create_model("FeatureSettings", __base__=Section, __doc__=doc, **fields)  # type: ignore[call-overload,no-any-return]


def switched_on(chosen: Section) -> dict[str, Section]:
    """Return the sections of the features that are on, by name, from the settings `features`."""
    return {name: section for name, section in chosen if section is not None}


def part(feature: str, module: str) -> ModuleType | None:
    """Import a module of a feature, such as `stack`; None if the feature, or its module, is not there."""
    name = f"{__package__}.{feature}"
    if feature not in features() or find_spec(f"{name}.{module}") is None:
        return None
    return import_module(f"{name}.{module}")
