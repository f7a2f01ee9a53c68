"""Domains in parts, and sizes that are never estimated too low."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Lake, Layer
from lakehouse.placement.parts import parts, sizes, stack_id
from stacks.features.registry import sources
from tests.fixtures.environments import LIVE, TRIAL, lake_of
from tests.infra.lakes import POLICY, in_two_parts, only, with_many_sources

ALL = replace(LIVE, features=tuple(sources()))
"""With a schedule and every feature that brings records: all that a domain can have."""
ROLE_POLICY_MAX = 10_240
"""Characters without blanks: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@pytest.mark.parametrize(
    "lake",
    [LIVE.lake, replace(lake_of(PROJECT_ROOT), access=POLICY), in_two_parts(), with_many_sources("domain_")],
    ids=["project", "own", "parts", "sources"],
)
def test_size_is_not_estimated_too_low(assemble: Callable[..., Path], lake: Lake) -> None:
    folder = assemble(ALL, lake)
    for (domain, part), size in sizes(lake).items():
        text = (folder / f"{stack_id(domain, part)}.template.json").read_text()
        resources = len(json.loads(text)["Resources"])
        assert resources <= size.resources <= 2 * resources, (domain, part)
        assert len(text.encode()) <= size.bytes <= 2 * len(text.encode()), (domain, part)


def test_every_part_has_a_stack_and_the_first_one_what_they_share(synthesize: Callable[..., Any]) -> None:
    lake = in_two_parts()
    templates = synthesize(TRIAL, lake)
    kinds = {
        stack: {resource["Type"] for resource in templates[stack]["Resources"].values()}
        for stack in (stack_id("shop", part) for part in parts(lake, "shop"))
    }
    shared = {"AWS::Glue::Database", "AWS::Glue::Job", "AWS::StepFunctions::StateMachine"}
    assert shared <= kinds["DomainShop"]
    assert not shared & kinds["DomainShopPart2"]


def test_each_dataset_is_in_the_stack_of_its_part(synthesize: Callable[..., Any]) -> None:
    lake = in_two_parts()
    templates = synthesize(TRIAL, lake)
    placed = {
        (resource["Properties"]["TargetTable"]["TableName"], stack)
        for stack, template in templates.items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Glue::DataQualityRuleset"
    }
    assert placed == {(dataset.name, stack_id(dataset.domain, dataset.part)) for dataset in lake.datasets}


def test_jobs_work_on_the_datasets_of_all_parts(assemble: Callable[..., Path]) -> None:
    lake = in_two_parts()
    manifest = json.loads((assemble(TRIAL, lake) / "compiled" / "shop.json").read_text())
    assert {each["name"] for each in manifest["datasets"] + manifest["products"]} == {
        dataset.name for dataset in lake.datasets
    }


def test_later_part_is_deployed_after_the_first(assemble: Callable[..., Path]) -> None:
    manifest = json.loads((assemble(TRIAL, in_two_parts()) / "manifest.json").read_text())
    assert "DomainShop" in manifest["artifacts"]["DomainShopPart2"]["dependencies"]


@pytest.mark.parametrize(
    ("layer", "domain", "job"),
    [(Layer.SILVER, "shop", "bronze-to-silver"), (Layer.GOLD, "reports", "silver-to-gold")],
)
def test_domain_has_the_jobs_and_results_that_it_needs(
    synthesize: Callable[..., Any], layer: Layer, domain: str, job: str
) -> None:
    resources = synthesize(TRIAL, only(layer))[stack_id(domain, 1)]["Resources"].values()
    jobs = {each["Properties"]["Name"] for each in resources if each["Type"] == "AWS::Glue::Job"}
    results = [
        each["Properties"]["Database"]
        for each in resources
        if each["Properties"].get("Table") == "quality_results"
    ]
    assert jobs == {TRIAL.naming.resource(domain, job), TRIAL.naming.resource(domain, "maintenance")}
    assert results == [TRIAL.naming.database(layer, domain)]


def test_policies_of_a_role_fit_when_its_products_read_as_much_as_they_may(
    synthesize: Callable[..., Any],
) -> None:
    longest = (
        "d" * (43 - len(TRIAL.naming.prefix)) + "_"
    )  # with it, the name of the domain's job has 64 characters
    resources = synthesize(TRIAL, with_many_sources(longest))[stack_id(f"{longest}xx", 1)]["Resources"]
    policies = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::IAM::Policy"]
    lengths = [len(json.dumps(policy["PolicyDocument"], separators=(",", ":"))) for policy in policies]
    assert 5_000 < max(lengths) <= ROLE_POLICY_MAX
