"""Reads what a contract tells the feature that brings its records."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from config.document import KeyPath
from config.faults import nearest, one_of
from config.validation import validate
from lakehouse.model.dataset import Dataset, Ingestion, Source
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place
from stacks.features.feature import SourceHook


def with_source(dataset: Dataset, root: Path, hooks: Mapping[str, SourceHook], findings: Findings) -> Dataset:
    """Return the dataset with its source as the feature understands it, and note every fault.

    A contract may name a feature that this project does not have: a warning, since somebody else may bring
    the records, as where the feature is off. A name that is nearly one of `hooks` is a fault.
    """
    ingestion = dataset.ingestion
    if ingestion is None or ingestion.source is None:
        return dataset
    place = (*property_place(findings, "lake.ingestion"), "source")
    name = ingestion.source.feature
    hook = hooks.get(name)
    if hook is None:
        _unknown(name, hooks, (*place, "feature"), findings)
        return dataset
    for key, got, wanted in (
        ("mode", ingestion.mode, hook.mode),
        ("content", ingestion.content, hook.content),
    ):
        if got is not wanted:
            allowed = f"{wanted.value} where {name} is the source"
            findings.add((*place[:-1], key), got.value, allowed, "change it, or remove the source")
    told = {key: value for key, value in _written(findings, place).items() if key != "feature"}
    options, faults = validate(hook.options, told, findings.document, lambda path: (*place, *path))
    findings.faults += faults
    if options is None:
        return dataset
    texts = options.model_dump(exclude_none=True, by_alias=True)
    source = Source(name, tuple(sorted(texts.items())))
    dataset = _fed_by(dataset, ingestion, source)
    files = tuple(sorted(hook.read(dataset, root, findings).items()))
    return _fed_by(dataset, ingestion, replace(source, files=files, size=hook.size(dataset)))


def _fed_by(dataset: Dataset, ingestion: Ingestion, source: Source) -> Dataset:
    return replace(dataset, ingestion=replace(ingestion, source=source))


def _written(findings: Findings, place: KeyPath) -> dict[str, Any]:
    value: Any = findings.document.data
    for part in place:
        value = value[part]
    return dict(value)


def _unknown(name: str, hooks: Mapping[str, SourceHook], place: KeyPath, findings: Findings) -> None:
    allowed = f"a feature that brings records: {one_of(hooks)}"
    if get_close_matches(name, hooks):
        findings.add(place, name, allowed, nearest(name, hooks))
    else:
        findings.warn(place, name, allowed, "add the feature, or see to it that somebody else brings them")
