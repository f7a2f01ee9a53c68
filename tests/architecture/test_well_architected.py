"""The checklist of the lens points at what is there."""

import ast
from itertools import groupby

import pytest
from pydantic import ValidationError

from config.load import PROJECT_ROOT
from tools.docs.well_architected import Practice, page, principles

PRACTICES = [practice for principle in principles() for practice in principle.practices]
LENS = {1: 2, 2: 4, 3: 8, 4: 5, 5: 4, 6: 5, 7: 3, 8: 4, 9: 3, 10: 4, 11: 4, 12: 4, 13: 3, 14: 2, 15: 7}
"""Best practices of each design principle, as the lens numbers them."""

EVIDENCE = [(practice.id, evidence) for practice in PRACTICES for evidence in practice.evidence]


def test_every_practice_of_the_lens_is_there_once() -> None:
    expected = [f"{principle}.{number + 1}" for principle, count in LENS.items() for number in range(count)]
    assert [practice.id for practice in PRACTICES] == expected
    of = [
        (principle.principle, practice.id) for principle in principles() for practice in principle.practices
    ]
    assert all(id_.partition(".")[0] == str(principle) for principle, id_ in of)


@pytest.mark.parametrize(("practice", "evidence"), EVIDENCE, ids=[f"{id_} {what}" for id_, what in EVIDENCE])
def test_evidence_is_a_file_that_holds_what_is_named(practice: str, evidence: str) -> None:
    file, _, named = evidence.partition("::")
    path = PROJECT_ROOT / file
    assert path.exists(), practice
    if named:
        text = path.read_text(encoding="utf-8")
        whole = path.suffix == ".py" and named.isidentifier()
        assert named in (_defined(text) if whole else text), practice


def test_evidence_of_a_practice_is_named_once() -> None:
    assert [pair for pair, same in groupby(sorted(EVIDENCE)) if len(list(same)) > 1] == []


def test_evidence_stays_when_a_fork_deletes_examples_and_features() -> None:
    removable = ("contracts/", "stacks/features/", "local/samples/", "local/features/", "tests/features/")
    assert [evidence for _, evidence in EVIDENCE if evidence.startswith(removable)] == []


@pytest.mark.parametrize(
    "claim",
    [{}, {"how": "It is done."}, {"evidence": ["stacks/lake.py"]}, {"gap": "None.", "evidence": ["app.py"]}],
    ids=["nothing", "a claim alone", "files alone", "a gap with evidence"],
)
def test_practice_without_evidence_or_admitted_gap_is_refused(claim: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"practice 1\.1"):
        Practice.model_validate({"id": "1.1", "title": "Validate", **claim})


def test_page_counts_what_is_done() -> None:
    whole = sum(1 for each in PRACTICES if each.how and not each.gap)
    assert f"of {len(PRACTICES)} best practices {whole} are done" in page()
    assert page().count("*Gap:*") == sum(1 for each in PRACTICES if each.gap)


def _defined(text: str) -> set[str]:
    """Classes, functions, names and arguments of a module."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.keyword(arg=str(name)):
                found.add(name)
    return found
