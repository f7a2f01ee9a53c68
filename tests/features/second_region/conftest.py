"""A pair of environments: the first one sends, the other one, in another region, receives."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from config.settings import Settings
from stacks.features.second_region.settings import ReceiveSettings, SecondRegionSettings
from tests.fixtures.environments import LIVE, example_of
from tools.assembly.assembly import Assembly

EXAMPLE = cast("SecondRegionSettings", example_of("second_region"))
RECEIVES = ReceiveSettings(latency_minutes=15, pending_mebibytes=1024)


def with_section(settings: Settings, section: SecondRegionSettings, **others: Any) -> Settings:
    """Settings with the feature as this section says, and with others of their values."""
    features = settings.features.model_copy(update={"second_region": section})
    return settings.model_copy(update={**others, "features": features})


def first(**changes: Any) -> Settings:
    """Settings of the environment whose objects are replicated; `changes` are of its section."""
    return with_section(LIVE.settings, EXAMPLE.model_copy(update=changes))


def second(section: dict[str, Any] | None = None, **changes: Any) -> Settings:
    """Settings of the environment that holds the copy; `section` are changes of the feature's."""
    own = SecondRegionSettings(
        environment=LIVE.name, region=LIVE.settings.region, sends=None, receives=RECEIVES
    )
    there = {"environment": EXAMPLE.environment, "region": EXAMPLE.region, "masking_key_of": LIVE.name}
    return with_section(LIVE.settings, own.model_copy(update=section or {}), **{**there, **changes})


@dataclass(frozen=True)
class Side:
    """One environment of the pair, as it is deployed."""

    settings: Settings
    assembly: Assembly


@pytest.fixture(scope="session")
def sending(assemble: Callable[..., Path]) -> Side:
    """The environment whose objects are replicated."""
    return Side(first(), Assembly.of_folder(assemble(replace(LIVE, features=("second_region",)))))


@pytest.fixture(scope="session")
def receiving(build_app: Callable[..., Any]) -> Side:
    """The environment that holds the copy."""
    app = build_app(LIVE, settings=second())
    return Side(second(), Assembly.of_folder(Path(app.synth().directory)))
