"""One lake for all its tests: deployed, fed and run as the demonstration does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from local.demo import prove
from local.emulator import EmbeddedAws
from local.lake import LocalLake
from local.show import Stages
from local.summary import Summary


@dataclass(frozen=True)
class ProvenLake:
    """A lake that has run once, and what it reported then."""

    lake: LocalLake
    summary: Summary


@pytest.fixture(scope="session")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLake]:
    """The lake after its first run. Tests that change it put it back."""
    directory: Path = tmp_path_factory.mktemp("lake")
    with EmbeddedAws(directory, port=0) as aws:
        lake = LocalLake(aws)
        summary = prove(lake, Stages(Console(quiet=True)))
        assert summary.succeeded, summary.failures or summary.not_fed
        yield ProvenLake(lake, summary)
