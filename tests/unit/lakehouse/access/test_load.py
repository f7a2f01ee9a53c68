"""The policy file: what is right is read, what is wrong is told with its line."""

import re
from pathlib import Path

import pytest

from config.faults import InvalidInputError
from lakehouse.access.load import POLICY, load_access, unknown_personas
from lakehouse.model.access import AccessPolicy
from tests.fixtures.environments import FIXTURE, LIVE
from tests.unit.lakehouse.project import Project, source


def changed(root: Path, old: str, new: str) -> None:
    path = root / POLICY
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (FIXTURE / POLICY).read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def faults(root: Path) -> str:
    with pytest.raises(InvalidInputError) as caught:
        load_access(root)
    return str(caught.value)


def test_layers_of_a_persona_are_those_of_its_rules() -> None:
    policy = load_access(FIXTURE)
    assert policy.readers("gold") == ("analyst", "scientist", "engineer")
    assert policy.readers("quarantine") == ("clerk", "engineer")
    assert policy.personas["scientist"].layers == ("silver", "gold")
    assert policy.personas["security_officer"].layers == ()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "layers: [gold]",
            "layers: [golden]",
            r":6: personas\.analyst\.reads\[0\]\.layers\[0\]: got 'golden'",
        ),
        ("layers: [gold]", "layers: []", r"personas\.analyst\.reads\[0\]\.layers: got \[\]"),
        ("classifications: [public", "classification: [public", r"got 'classification'.*'classifications'"),
        ("purpose: Reads products.", "title: x", r"personas\.analyst\.title: got 'title'"),
        (
            "  analyst:",
            "  The-Analyst:",
            r"personas\.The-Analyst: got 'The-Analyst'; allowed: text that matches",
        ),
    ],
)
def test_policy_is_refused_when_it_is_wrong(tmp_path: Path, old: str, new: str, fault: str) -> None:
    changed(tmp_path, old, new)
    assert re.search(fault, faults(tmp_path))


def test_policy_is_needed(tmp_path: Path) -> None:
    assert faults(tmp_path) == (
        "config/access.yaml: file: got 'nothing'; allowed: the policy of who reads what; fix: add the file"
    )


def test_contracts_are_refused_when_the_policy_names_a_domain_that_none_is_of(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / POLICY).unlink()
    changed(tmp_path, "domains: [ledger]", "domains: [shops]")
    project.write(source())
    assert project.faults() == [
        "config/access.yaml: personas.clerk.reads[0].domains: got 'shops'; allowed: shop; fix: did you mean "
        "'shop'?",
        "config/access.yaml: personas.clerk.reads[1].domains: got 'ledger'; allowed: shop; fix: remove it, "
        "or use one of these",
    ]


def test_settings_name_no_persona_beside_the_policy() -> None:
    policy = load_access(FIXTURE)
    assert unknown_personas(LIVE.settings, policy) == []
    fewer = AccessPolicy(personas={"analysts": policy.personas["analyst"]})
    texts = [str(fault) for fault in unknown_personas(LIVE.settings, fewer)]
    assert len(texts) == len(LIVE.settings.people.personas)
    assert texts[0] == (
        "config/environments/live.yaml: people.personas.analyst: got 'analyst'; allowed: analysts; fix: did "
        "you mean 'analysts'?"
    )
