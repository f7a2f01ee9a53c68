import pytest
from landing_router.settings import Settings
from shared.errors import TerminalError

COMPLETE = {
    "ROUTES_BUCKET": "scripts",
    "ROUTES_KEY": "routes.json",
    "BRONZE_BUCKET": "bronze",
    "QUARANTINE_BUCKET": "quarantine",
}


def test_settings_hold_every_variable_when_all_are_set() -> None:
    assert Settings.from_env(COMPLETE) == Settings("scripts", "routes.json", "bronze", "quarantine")


def test_settings_name_every_fault_when_variables_are_missing_or_empty() -> None:
    with pytest.raises(TerminalError, match="BRONZE_BUCKET, ROUTES_KEY are not set"):
        Settings.from_env({**COMPLETE, "ROUTES_KEY": "", "BRONZE_BUCKET": ""})
