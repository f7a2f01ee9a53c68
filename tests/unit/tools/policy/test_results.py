from dataclasses import replace
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from stacks.features.registry import features
from stacks.policies.acknowledgements import Acknowledgement
from tests.fixtures.environments import LIVE
from tools.policy.exceptions import Exemption, exceptions, present
from tools.policy.results import Accepted, Found, judge

ONE, OTHER = Found("R1", "Storage/Bronze"), Found("R1", "Storage/Silver")


def _same_place(accepted: Accepted, found: Found) -> bool:
    return accepted.where == found.where


def test_check_passes_when_everything_found_was_accepted() -> None:
    result = judge("any", [ONE], [Accepted("R1", ONE.where, "so")], _same_place)
    assert result.passed
    assert (result.raw, list(result.open), list(result.stale)) == (1, [], [])


def test_check_fails_when_something_found_was_not_accepted() -> None:
    result = judge("any", [ONE, OTHER], [Accepted("R1", ONE.where, "so")], _same_place)
    assert not result.passed
    assert result.open == [OTHER]


@pytest.mark.parametrize("vain", [Accepted("R2", ONE.where, "so"), Accepted("R1", OTHER.where, "so")])
def test_check_fails_when_something_was_accepted_in_vain(vain: Accepted) -> None:
    result = judge("any", [ONE], [Accepted("R1", ONE.where, "so"), vain], _same_place)
    assert not result.passed
    assert result.stale == [vain]


@pytest.mark.parametrize(
    ("path", "covered"),
    [("Storage/Bronze", True), ("Storage/Bronze/Resource", True), ("Storage/BronzeOther", False)],
)
def test_acknowledgement_covers_its_construct_and_what_it_contains(path: str, covered: bool) -> None:
    assert Acknowledgement("R1", "Storage/Bronze", "so").covers("R1", path) is covered
    assert not Acknowledgement("R1", "Storage/Bronze", "so").covers("R1[Action::*]", path)


def test_exception_stands_for_one_check_of_one_tool_on_the_resources_that_it_names() -> None:
    exemption = Exemption("checkov", "CKV_1", "Domain*/Queue*", "so")
    assert exemption.covers("checkov", "CKV_1", "DomainShop/Queue12345678")
    for other in (("cfn-lint", "CKV_1", "DomainShop/Queue1"), ("checkov", "CKV_2", "DomainShop/Queue1"),
                  ("checkov", "CKV_1", "Ingestion/Queue1")):  # fmt: skip
        assert not exemption.covers(*other)


def test_exception_is_needed_where_a_resource_is_there_that_it_names() -> None:
    exemption = Exemption("checkov", "CKV_1", "Domain*/Queue*", "so")
    assert present([exemption], ["DomainShop/Queue1"]) == [exemption]
    assert present([exemption], ["DomainShop/Topic1"]) == []


def test_exceptions_of_a_feature_are_read_where_it_is_on(tmp_path: Path) -> None:
    folders = [("stacks/policies", "CKV_1"), *((f"stacks/features/{name}", "CKV_2") for name in features())]
    for folder, check in folders:
        (tmp_path / folder).mkdir(parents=True)
        text = f"checkov: [{{check: {check}, resources: ['*'], reason: so}}]"
        (tmp_path / folder / "policy_exceptions.yaml").write_text(text)
    assert [each.check for each in exceptions(LIVE.settings, tmp_path)] == ["CKV_1"]
    for name in features():
        settings = replace(LIVE, features=(name,)).settings
        assert [each.check for each in exceptions(settings, tmp_path)] == ["CKV_1", "CKV_2"]


def test_what_a_feature_mends_is_excepted_where_it_is_off_alone(tmp_path: Path) -> None:
    name = next(iter(features()))
    for folder, text in (
        ("stacks/policies", "checkov: [{check: CKV_1, resources: ['*'], reason: so}]"),
        (f"stacks/features/{name}", "mended: {checkov: [CKV_1]}"),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "policy_exceptions.yaml").write_text(text)
    assert [each.check for each in exceptions(LIVE.settings, tmp_path)] == ["CKV_1"]
    assert exceptions(replace(LIVE, features=(name,)).settings, tmp_path) == []


def test_every_exception_has_a_reason_that_says_something() -> None:
    found = exceptions(LIVE.settings, PROJECT_ROOT)
    assert found
    assert [each for each in found if len(each.reason.split()) < 5] == []
