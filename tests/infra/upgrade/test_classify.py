"""Dangerous changes of real templates are found as what they are, and harmless ones are not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lakehouse.model.dataset import Lake
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tests.infra.lakes import FILES
from tests.infra.upgrade.planting import (
    DANGEROUS,
    HARMLESS,
    Plant,
    Templates,
    first,
    raise_the_memory_of_a_function,
)
from tests.unit.lakehouse.datasets import ORDERS
from tools.upgrade.classify import classify
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind


@pytest.mark.parametrize(("plant", "kind", "what"), DANGEROUS, ids=[each[0].__name__ for each in DANGEROUS])
def test_dangerous_change_is_found_as_what_it_is(
    deployed: Deployment, planted: Callable[[Plant], Path], plant: Plant, kind: Kind, what: str
) -> None:
    found = _dangers(deployed, planted(plant))
    assert [each for each in found if each.kind is kind and each.what.startswith(what)], found


@pytest.mark.parametrize("plant", HARMLESS, ids=lambda plant: plant.__name__)
def test_harmless_change_is_no_danger(
    deployed: Deployment, planted: Callable[[Plant], Path], plant: Plant
) -> None:
    assert _dangers(deployed, planted(plant)) == []


def test_what_holds_nothing_and_is_made_anew_is_told_as_an_interruption(
    deployed: Deployment, planted: Callable[[Plant], Path]
) -> None:
    def rename(templates: Templates) -> None:
        first(templates, "AWS::Glue::Job")["Properties"]["Name"] = "x"

    found = classify(deployed, Deployment.of_folder(planted(rename)))
    assert (Kind.INTERRUPTED, "AWS::Glue::Job: Name") in {(each.kind, each.what) for each in found}


def test_what_is_switched_off_is_told_as_an_interruption(
    deployed: Deployment, planted: Callable[[Plant], Path]
) -> None:
    def switch_off(templates: Templates) -> None:
        first(templates, "AWS::Events::Rule", "Ingestion")["Properties"]["State"] = "DISABLED"

    found = classify(deployed, Deployment.of_folder(planted(switch_off)))
    assert [(each.kind, each.what) for each in found] == [
        (Kind.INTERRUPTED, "AWS::Events::Rule: State is DISABLED")
    ]


def _lake_with(lake: Lake, name: str, domain: str) -> Lake:
    added = replace(ORDERS, name=name, domain=domain)
    dropped = replace(added, name=f"{name}_dropped", ingestion=FILES)
    return replace(lake, datasets=(*lake.datasets, added, dropped))


@pytest.mark.parametrize("domain", ["shop", "orchard"], ids=["dataset", "domain"])
@pytest.mark.parametrize("environment", [TRIAL, LIVE], ids=str)
def test_another_dataset_or_domain_needs_no_approval(
    assemble: Callable[..., Path], environment: Environment, domain: str
) -> None:
    """Its roles are those of their kind, and what is granted is about what is new."""
    before = Deployment.of_folder(assemble(environment))
    after = assemble(environment, _lake_with(environment.lake, "returns", domain))
    assert _dangers(before, after) == []


def test_reading_another_domains_tables_is_a_right_more(assemble: Callable[..., Path]) -> None:
    """The domain is new, and what it reads was there before."""
    own = tuple(each for each in LIVE.lake.datasets if each.domain != "ledger")
    before = Deployment.of_folder(assemble(LIVE, replace(LIVE.lake, datasets=own)))
    found = _dangers(before, assemble(LIVE))
    assert {each.place.partition("/")[0] for each in found} == {"DomainLedger"}
    assert {each.kind for each in found} == {Kind.RIGHTS, Kind.ACKNOWLEDGED}
    assert [each for each in found if "power_plant" not in each.what and "token-key" not in each.what] == []
    assert [each for each in found if each.what.endswith("gold_power_plant.daily_logs")]


def test_dataset_that_goes_takes_an_approval_for_what_it_holds(assemble: Callable[..., Path]) -> None:
    left = tuple(each for each in TRIAL.lake.datasets if each.id != "shop/articles")
    after = assemble(TRIAL, replace(TRIAL.lake, datasets=left))
    found = _dangers(Deployment.of_folder(assemble(TRIAL)), after)
    assert {(each.kind, each.what) for each in found} >= {(Kind.DELETED, "Custom::IcebergTable")}
    assert {each.kind for each in found} == {Kind.DELETED}


def test_environment_that_moves_is_told_as_that_alone(
    deployed: Deployment, planted: Callable[[Plant], Path]
) -> None:
    folder = planted(raise_the_memory_of_a_function)
    manifest = folder / "manifest.json"
    region = TRIAL.settings.region
    manifest.write_text(manifest.read_text().replace(f"/{region}", "/eu-south-2"))
    found = _dangers(deployed, folder)
    assert {each.place for each in found} == deployed.stacks
    assert {each.what.rpartition("/")[2] for each in found} == {"eu-south-2"}


def _dangers(before: Deployment, after: Path) -> list[Finding]:
    return [each for each in classify(before, Deployment.of_folder(after)) if each.dangerous]
