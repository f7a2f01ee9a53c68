"""The project of the framework's tests has every kind of dataset and setting, so no test is about nothing."""

from lakehouse.layout.streams import shared_streams
from lakehouse.model.dataset import Content, Format, Mode, Transform, UnknownFields, Write
from lakehouse.model.fields import every_field
from lakehouse.model.masking import Method
from lakehouse.model.table_rules import Severity
from stacks.features.registry import features
from tests.fixtures.environments import LIVE, TRIAL

LAKE = LIVE.lake
ARRIVING = [dataset.ingestion for dataset in LAKE.datasets if dataset.ingestion]


def test_records_arrive_in_every_way_and_format() -> None:
    assert {each.content for each in ARRIVING} == set(Content)
    assert {(each.mode, each.format) for each in ARRIVING} >= {
        (Mode.STREAM, Format.JSON), (Mode.STREAM, Format.PARQUET),
        (Mode.FILES, Format.CSV), (Mode.FILES, Format.JSON), (Mode.FILES, Format.PARQUET),
    }  # fmt: skip
    assert {each.transform for each in ARRIVING} == {*Transform, None}
    assert {each.unknown_fields for each in ARRIVING} == set(UnknownFields)
    assert any(len(datasets) > 1 for datasets in shared_streams(LAKE).values())


def test_tables_are_written_in_every_way() -> None:
    assert {dataset.write for dataset in LAKE.datasets} == set(Write)
    by_id = {dataset.id: dataset for dataset in LAKE.datasets}
    refreshed = [dataset for dataset in LAKE.datasets if dataset.refresh]
    assert {by_id[each.refresh.input].domain == each.domain for each in refreshed if each.refresh} == {
        True,
        False,
    }


def test_contracts_promise_and_demand_everything() -> None:
    fields = [field for dataset in LAKE.datasets for field in every_field(dataset.fields)]
    assert {field.masking.method for field in fields if field.masking} == set(Method)
    assert {rule.severity for dataset in LAKE.datasets for rule in dataset.rules} == set(Severity)
    hours = [dataset.service.freshness_hours for dataset in LAKE.datasets]
    assert {hour and hour > 7 * 24 for hour in hours} == {None, False, True}  # CloudWatch looks back a week
    assert any(dataset.service.retention_days for dataset in LAKE.datasets)
    assert any(dataset.relationships for dataset in LAKE.datasets)
    assert any(dataset.readers for dataset in LAKE.datasets)


def test_names_are_as_hard_as_they_may_be() -> None:
    assert "-" in LIVE.settings.project
    assert any("_" in domain for domain in LAKE.domains)
    assert any("_" in dataset.name for dataset in LAKE.datasets)


def test_environments_differ_in_every_setting_that_has_a_choice() -> None:
    trial, live = (environment.settings.model_dump() for environment in (TRIAL, LIVE))
    same = {
        f"{section}.{key}" if key else section
        for section, values in trial.items()
        for key in (values if isinstance(values, dict) else [""])
        if (values[key] if key else values) == (live[section][key] if key else live[section])
    }
    alike = {"project", "owner", "cost_center", "masking_key_of"}  # these two are of different accounts
    assert same == {*alike, *(f"features.{name}" for name in features())}
