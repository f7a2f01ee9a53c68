"""A person is told by identifiers of the kinds that contracts name, and is shown nowhere."""

import json

import pytest
import typer
from landing_router.logic import _plain

from lakehouse.model.dataset import Lake
from tests.unit.tools.ops.erasure.test_records import JSON, PERSON
from tools.ops.erasure.documents import names_hidden
from tools.ops.erasure.person import concerned, kinds, person_of

LAKE = Lake((JSON,))
_IN = "ingest_date=2026-01-01/ingest_hour=00/"


def test_identifiers_are_read_by_kind_and_shown_to_nobody() -> None:
    person = person_of(["customer=4711\n", " email = ada@example.org ", "", "customer=a=b"], LAKE)
    assert person.identifiers == {
        "customer": frozenset({"4711", "a=b"}),
        "email": frozenset({"ada@example.org"}),
    }
    assert repr(person) == "Person()"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "got no identifier; allowed: <kind>=<value>"),
        (["4711"], "identifier 1: got no <kind>=<value>; allowed"),
        (["customer="], "identifier 1: got no <kind>=<value>; allowed"),
        (
            ["customer=1", "custmer=2"],
            "identifier 2: got the kind custmer; did you mean 'customer'?; allowed",
        ),
    ],
)
def test_faults_are_told_without_any_value(given: list[str], told: str) -> None:
    with pytest.raises(typer.BadParameter) as caught:
        person_of(given, LAKE)
    assert told in str(caught.value)
    assert "4711" not in str(caught.value)


def test_datasets_are_concerned_by_the_kinds_that_are_given() -> None:
    assert kinds(LAKE) == {"customer", "email"}
    assert concerned(LAKE, person_of(["customer=1"], LAKE)) == [JSON]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("of_4711.csv", True),
        ("order 4711, paid", True),
        ("47110", False),
        ("x4711", False),
        (f"{_plain('list of ada@example.org')}-0123.csv", True),
    ],
)
def test_text_mentions_a_person_by_whole_words(text: str, expected: bool) -> None:
    assert PERSON.is_in(text) is expected


def test_names_of_objects_in_notes_are_hidden_and_nothing_else_of_them() -> None:
    state = {"processed": [f"{_IN}of-4711-00ab.csv", f"{_IN}other.csv"], "counts": {"4711": 4711}}
    event = json.dumps({"event": json.dumps({"input": f"{_IN}4711.csv", "n": 4711})})
    assert json.loads(names_hidden(json.dumps(state), PERSON, "erased")) == {
        "processed": [f"{_IN}of-erased-00ab.csv", f"{_IN}other.csv"],
        "counts": {"4711": 4711},
    }
    hidden = json.loads(json.loads(names_hidden(event, PERSON, "erased"))["event"])
    assert hidden == {"input": f"{_IN}erased.csv", "n": 4711}
