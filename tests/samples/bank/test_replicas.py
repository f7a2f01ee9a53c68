"""The bank's samples tell all that happened to its tables."""

import pytest

from config.load import PROJECT_ROOT
from lakehouse.layout import cdc
from local.feed.replicas import replica_files
from local.feed.samples import Changes
from local.samples.bank import SAMPLES, BankHistory
from tests.fixtures.environments import lake_of
from tests.unit.local.feed.replayed import expected, replayed

REPLICAS = {each.name: each for each in lake_of(PROJECT_ROOT).of_domain("bank") if cdc.is_replica(each)}
NAMES = ("accounts", "transactions")


@pytest.mark.parametrize("name", NAMES)
def test_files_tell_all_that_happened_to_the_table(name: str) -> None:
    made = SAMPLES.datasets[name]()
    assert isinstance(made, Changes)
    files = replica_files(REPLICAS[name], made)
    assert replayed(REPLICAS[name], files) == expected(REPLICAS[name], BankHistory().tables[name])


@pytest.mark.parametrize("name", NAMES)
def test_history_has_every_kind_of_change(name: str) -> None:
    changes = BankHistory().changes(name)
    key = REPLICAS[name].key
    assert {change.operation for change in changes} == {"I", "U", "D"}
    assert any(change.before[part] != change.row[part] for change in changes if change.before for part in key)
