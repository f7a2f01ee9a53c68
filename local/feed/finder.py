"""Finds the samples of each domain by its name, and tells which of them its contracts no longer fit."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from config.faults import Fault, InvalidInputError, nearest, one_of
from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Dataset, Lake, Mode
from local.feed.samples import Changes, DomainSamples, Files, Made, Question, Records

PACKAGE = "local.samples"
ATTRIBUTE = "SAMPLES"


@dataclass(frozen=True)
class LakeSamples:
    """Samples of the domains that a lake has and somebody made samples for."""

    domains: Mapping[str, DomainSamples]

    def of(self, dataset: Dataset) -> Made | None:
        """Return the samples of a dataset.

        None: nobody made any, or its contract, which somebody may have changed, has records arrive in another
        way, or demands columns that they lack.
        """
        make = self._of_domain(dataset.domain).datasets.get(dataset.name)
        made = make() if make else None
        required = {column.name for column in dataset.fields if column.required}
        return made if isinstance(made, _kind(dataset)) and required <= set(made.columns) else None

    def questions(self, domain: str) -> tuple[Question, ...]:
        """Return what to ask about the products of a domain."""
        return tuple(self._of_domain(domain).questions)

    def _of_domain(self, domain: str) -> DomainSamples:
        return self.domains.get(domain, DomainSamples())


def is_streamed(dataset: Dataset) -> bool:
    """Whether records of a dataset arrive on a stream."""
    return dataset.ingestion is not None and dataset.ingestion.mode is Mode.STREAM


def find_samples(lake: Lake, package: str = PACKAGE) -> LakeSamples:
    """Import the samples of the lake's domains from the modules of a package that are called as they are.

    Raises:
        InvalidInputError: A module has no samples, or names datasets that its domain does not have.
    """
    found: dict[str, DomainSamples] = {}
    faults: list[Fault] = []
    for domain in lake.domains:
        name = f"{package}.{domain}"
        spec = find_spec(name)
        if spec is None or spec.origin is None:  # without origin: an empty folder is left of it
            continue
        where = name.replace(".", "/")
        samples = getattr(importlib.import_module(name), ATTRIBUTE, None)
        if isinstance(samples, DomainSamples):
            found[domain] = samples
            faults += _unknown(samples, lake, domain, where)
        else:
            fix = f"assign the domain's samples to {ATTRIBUTE}"
            faults.append(Fault(where, ATTRIBUTE, samples, "a local.feed.samples.DomainSamples", fix))
    if faults:
        raise InvalidInputError(faults)
    return LakeSamples(found)


def _kind(dataset: Dataset) -> type[Made]:
    if is_replica(dataset):
        return Changes
    return Records if is_streamed(dataset) else Files


def _unknown(samples: DomainSamples, lake: Lake, domain: str, where: str) -> Iterator[Fault]:
    """Find names that no contract of the domain has, and personas that nobody is."""
    datasets = [dataset for dataset in lake.datasets if dataset.domain == domain]
    sources = [dataset.name for dataset in datasets if dataset.ingestion]
    products = [dataset.name for dataset in datasets if not dataset.ingestion]
    named = [("datasets", name, sources) for name in samples.datasets]
    named += [("questions", question.product, products) for question in samples.questions]
    named += [("questions", question.persona, list(lake.access.personas)) for question in samples.questions]
    for place, name, allowed in named:
        if name not in allowed:
            yield Fault(where, f"{ATTRIBUTE}.{place}", name, one_of(allowed), nearest(name, allowed))
