"""Samples of the domains that there are fit their contracts, and any domain can go that nobody needs."""

from collections.abc import Iterator

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.lake.load import load_lake
from local.feed.finder import find_samples
from local.feed.samples import Changes, Records
from tools.lake.domains.readers import check_rest, readers

LAKE = load_lake(PROJECT_ROOT)
SAMPLES = find_samples(LAKE)


def _made() -> Iterator[Dataset]:
    for dataset in LAKE.datasets:
        domain = SAMPLES.domains.get(dataset.domain)
        if domain and dataset.name in domain.datasets:
            yield dataset


@pytest.mark.parametrize("dataset", [pytest.param(each, id=each.id) for each in _made()])
def test_samples_fit_their_contract_and_know_how_many_they_are(dataset: Dataset) -> None:
    made = SAMPLES.of(dataset)
    assert made is not None
    assert set(made.columns) <= {field.name for field in dataset.fields}
    assert made.counts.rows > 0
    if isinstance(made, Changes):
        assert made.load
        assert made.log
    elif isinstance(made, Records):
        assert made.counts.records_in == len(made.records)
    else:
        assert all(made.files)


@pytest.mark.parametrize("domain", LAKE.domains)
def test_rest_of_the_contracts_is_valid_without_a_domain_that_nobody_needs(domain: str) -> None:
    if len(LAKE.domains) > 1 and not readers(LAKE, domain):
        check_rest(PROJECT_ROOT, domain)
