"""Which limits the settings of the APIs take."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from stacks.features import click_api
from stacks.features.click_api.settings import ClickApiSettings

EXAMPLE: dict[str, Any] = yaml.safe_load(Path(click_api.__file__).with_name("example.yaml").read_text())


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("requests_per_address", 15_000, "requests_per_address less than 15,000, all that"),
        ("record_kibibytes", 1000, "less than or equal to 999"),
        ("alarm_requests_per_hour", 0, "greater than or equal to 1"),
    ],
)
def test_limit_is_refused_when_it_limits_nothing_or_what_cannot_be(key: str, value: int, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        ClickApiSettings.model_validate({**EXAMPLE["click_api"], key: value})
