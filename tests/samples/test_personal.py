"""What the example domains bring of personal data is declared in their contracts."""

import pytest
from lakehouse_etl.bronze.sampling import found_in
from lakehouse_etl.judge.part import Source
from lakehouse_etl.personal.findings import findings
from lakehouse_etl.personal.undeclared import undeclared

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from local.feed.feed import parts_of
from local.feed.finder import find_samples
from local.feed.samples import Changes
from tests.fixtures.environments import lake_of
from tools.lake.testing.trial import as_jobs_have_it

LAKE = lake_of(PROJECT_ROOT)
SAMPLES = find_samples(LAKE)
SOURCES = [dataset for dataset in LAKE.datasets if dataset.ingestion]


@pytest.mark.parametrize("dataset", SOURCES, ids=lambda dataset: dataset.id)
def test_personal_data_of_samples_are_declared(dataset: Dataset) -> None:
    made, told = SAMPLES.of(dataset), as_jobs_have_it(LAKE, dataset)
    if isinstance(made, Changes):
        rows = [change.row for change in (*made.load, *made.log)]
        found = [
            finding
            for field in dataset.fields
            for finding in findings(field.name, [str(row[field.name]) for row in rows if row.get(field.name)])
        ]
    else:
        suffix = told.bronze.format
        found = found_in(told, [Source(f"sample.{suffix}", part) for part in parts_of(dataset, made)[:5]])
    assert undeclared(told.personal, found) == []
