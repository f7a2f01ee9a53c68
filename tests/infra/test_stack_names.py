"""The stacks that `lake smoke` looks for are those that are deployed."""

from collections.abc import Callable
from typing import Any

import pytest

from config.load import load_settings
from lakehouse.odcs.lake.load import load_lake
from lakehouse.placement.parts import PLATFORM_STACKS, parts, stack_id
from tests.fixtures.synthesis import ENVIRONMENTS, ROOT


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_lake_has_the_platform_stacks_and_those_of_its_domains(
    synthesize: Callable[..., dict[str, Any]], environment: str
) -> None:
    lake = load_lake(ROOT)
    domains = {stack_id(domain, part) for domain in lake.domains for part in parts(lake, domain)}
    features = {"Dms"} if load_settings(environment, ROOT).features.dms else set()
    assert set(synthesize(environment)) == {*PLATFORM_STACKS, *domains, *features}
