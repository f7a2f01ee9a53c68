"""The stacks that `lake smoke` looks for are those that are deployed."""

from collections.abc import Callable
from typing import Any

from lakehouse.model.dataset import Lake
from lakehouse.placement.parts import PLATFORM_STACKS, parts, stack_id
from stacks.features.registry import features, switched_on
from tests.fixtures.environments import TRIAL, Environment


def test_every_lake_has_the_platform_stacks_and_those_of_its_domains(
    environment: Environment, templates: dict[str, Any]
) -> None:
    lake = environment.lake
    domains = {stack_id(domain, part) for domain in lake.domains for part in parts(lake, domain)}
    own = {stack for name in switched_on(environment.settings.features) for stack in features()[name].stacks}
    assert set(templates) == {*PLATFORM_STACKS, *domains, *own}


def test_lake_of_drafts_that_are_not_deployed_is_the_platform_alone(synthesize: Callable[..., Any]) -> None:
    assert set(synthesize(TRIAL, Lake((), TRIAL.lake.access))) == set(PLATFORM_STACKS)
