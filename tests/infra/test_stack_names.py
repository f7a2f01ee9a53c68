"""The stacks that `lake smoke` looks for are those that are deployed."""

from typing import Any

from lakehouse.placement.parts import PLATFORM_STACKS, parts, stack_id
from tests.fixtures.environments import Environment


def test_every_lake_has_the_platform_stacks_and_those_of_its_domains(
    environment: Environment, templates: dict[str, Any]
) -> None:
    lake = environment.lake
    domains = {stack_id(domain, part) for domain in lake.domains for part in parts(lake, domain)}
    features = {"Dms"} if environment.settings.features.dms else set()
    assert set(templates) == {*PLATFORM_STACKS, *domains, *features}
