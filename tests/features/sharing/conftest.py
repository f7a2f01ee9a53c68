"""Two environments in two accounts: the first one shares, the second one reads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from stacks.features.sharing.settings import ReadSettings, ShareSettings, SharingSettings
from tests.fixtures.environments import TRIAL
from tools.access.matrix import Matrix
from tools.assembly.assembly import Assembly

DATASETS = ("shop/daily_orders", "shop/orders")
READER, ACCOUNT = "reader", "111122223333"
PERSONA = "analyst"


def with_section(settings: Settings, section: SharingSettings, **others: Any) -> Settings:
    """Settings with the feature as this section says, and with others of their values."""
    features = settings.features.model_copy(update={"sharing": section})
    return settings.model_copy(update={**others, "features": features})


def sharing() -> Settings:
    """Settings of the environment whose tables are read."""
    share = ShareSettings(environment=READER, account=ACCOUNT, persona=PERSONA, datasets=DATASETS)
    return with_section(TRIAL.settings, SharingSettings(shares=(share,), reads=()))


def reading() -> Settings:
    """Settings of the environment that reads them."""
    read = ReadSettings(
        environment=TRIAL.name,
        account=TRIAL.settings.account,
        persona=PERSONA,
        datasets=DATASETS,
        personas=("clerk",),
    )
    section = SharingSettings(shares=(), reads=(read,))
    return with_section(TRIAL.settings, section, environment=READER, account=ACCOUNT)


@dataclass(frozen=True)
class Side:
    """One of the two, as it is deployed."""

    settings: Settings
    folder: Path
    assembly: Assembly
    matrix: Matrix


@pytest.fixture(scope="session")
def side(build_app: Callable[..., Any]) -> Callable[[Settings], Side]:
    """Synthesize a side."""

    def of(settings: Settings) -> Side:
        folder = Path(build_app(TRIAL, settings=settings).synth().directory)
        assembly = Assembly.of_folder(folder)
        return Side(settings, folder, assembly, Matrix(assembly))

    return of


@pytest.fixture(scope="session")
def owner(side: Callable[[Settings], Side]) -> Side:
    """The one whose tables are read."""
    return side(sharing())


@pytest.fixture(scope="session")
def reader(side: Callable[[Settings], Side]) -> Side:
    """The one that reads them."""
    return side(reading())
