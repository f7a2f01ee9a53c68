"""A person is told by identifiers of the kinds that contracts name, and is shown nowhere."""

import pytest
import typer

from lakehouse.model.dataset import Lake
from tests.unit.tools.ops.erasure.test_records import JSON
from tools.ops.erasure.person import concerned, kinds, person_of

LAKE = Lake((JSON,))


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
