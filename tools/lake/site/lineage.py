"""The lineage of datasets: who reads whom, and which columns refer to which dataset."""

from collections import defaultdict
from collections.abc import Mapping

from lakehouse.model.dataset import Dataset, Lake, Relationship
from lakehouse.model.lineage import ranks, reach

_NEAR_MAX = 60
"""Datasets that count as near to one at most, unless more are joined to it directly."""


class Lineage:
    """The datasets of a lake with what joins them, indexed once."""

    def __init__(self, lake: Lake) -> None:
        """Index the lake, whose SQL reads no dataset in a circle."""
        self.datasets: Mapping[str, Dataset] = {dataset.id: dataset for dataset in lake.datasets}
        self._inputs = {dataset.id: dataset.inputs for dataset in lake.datasets}
        self._consumers: dict[str, list[str]] = defaultdict(list)
        self._references: dict[str, list[tuple[Dataset, Relationship]]] = defaultdict(list)
        for dataset in lake.datasets:
            for source in dataset.inputs:
                self._consumers[source].append(dataset.id)
            for relationship in dataset.relationships:
                self._references[relationship.target].append((dataset, relationship))
        self._ranks = ranks(self._inputs)

    def rank(self, dataset: str) -> int:
        """Return 0 for a source dataset, and for a product one more than the greatest rank it reads."""
        # A product that reads no dataset still is gold.
        return max(self._ranks[dataset], self.datasets[dataset].ingestion is None)

    def inputs(self, dataset: str) -> list[Dataset]:
        """Return the datasets that a product reads itself."""
        return [self.datasets[each] for each in self._inputs[dataset]]

    def consumers(self, dataset: str) -> list[Dataset]:
        """Return the products that read a dataset themselves."""
        return [self.datasets[each] for each in self._consumers.get(dataset, ())]

    def references(self, dataset: str) -> list[tuple[Dataset, Relationship]]:
        """Return the relationships that lead to a dataset, each with where it comes from."""
        return self._references.get(dataset, [])

    def around(self, dataset: str) -> set[str]:
        """Return a dataset with all that it is made of and all that is made of it."""
        near = reach(dataset, self._inputs) | reach(dataset, self._consumers)
        return near if len(near) <= _NEAR_MAX else self._next_to(dataset)

    def beside(self, domain: str) -> set[str]:
        """Return the datasets of a domain with what they read and what reads them."""
        own = [dataset.id for dataset in self.datasets.values() if dataset.domain == domain]
        return {near for each in own for near in self._next_to(each)}

    def _next_to(self, dataset: str) -> set[str]:
        return {dataset, *self._inputs[dataset], *self._consumers.get(dataset, ())}
