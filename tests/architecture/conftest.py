"""What tests of the project's own shape share."""

import sys
from collections.abc import Iterator

import grimp
import pytest
from grimp import ImportGraph
from importlinter.configuration import configure

from tests.architecture.import_rules import ROOT_PACKAGES, RUNTIME_ROOTS


@pytest.fixture(scope="session")
def imports() -> Iterator[ImportGraph]:
    """All imports of the project, those in annotations among them."""
    configure()
    with pytest.MonkeyPatch.context() as patch:
        # The runtime packages are roots of their own assets.
        patch.setattr(sys, "path", [*map(str, RUNTIME_ROOTS), *sys.path])
        yield grimp.build_graph(*ROOT_PACKAGES, include_external_packages=True, cache_dir=None)
