"""A change in one stack is followed into those that take its outputs."""

from collections.abc import Mapping
from typing import Any

import pytest

from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.state import ends

Json = dict[str, Any]

READS = {"Fn::GetStackOutput": {"StackName": "Lake-Maker", "OutputName": "Out"}}
IMPORTS = {"Fn::ImportValue": "lake-out"}


def stack(id_: str, resources: Mapping[str, Json], outputs: Json | None = None) -> Stack:
    template = {"Resources": dict(resources), **({"Outputs": outputs} if outputs else {})}
    return Stack(id_, f"Lake-{id_}", "111111111111", "eu-west-1", template)


def maker(engine: str, *, output: Json | None = None, **more: Any) -> Stack:
    """A stack whose key-value store has no name, so that another one gets another id."""
    store = {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": engine}]}}
    value = output or {"Value": {"Ref": "Store"}, "Export": {"Name": "lake-out"}}
    return stack("Maker", {"Store": store}, {"Out": value, **more})


def user(taken: Json, kind: str = "AWS::Kinesis::Stream", name: str = "Name", **more: Any) -> Stack:
    """A stack that has a resource with a property that it takes."""
    return stack("User", {"Thing": {"Type": kind, "Properties": {name: taken, **more}}})


def told(old: tuple[Stack, ...], new: tuple[Stack, ...]) -> list[Finding]:
    return list(ends(*(Deployment(Assembly(each), {}) for each in (old, new))))


def kinds(found: list[Finding]) -> set[tuple[Kind, str]]:
    return {(each.kind, each.place) for each in found}


@pytest.mark.parametrize("taken", [READS, IMPORTS], ids=["reads", "imports"])
def test_what_takes_the_id_of_something_made_anew_is_made_anew_in_another_stack_too(taken: Json) -> None:
    found = told((maker("a"), user(taken)), (maker("b"), user(taken)))
    assert {(Kind.REPLACED, "Maker/Store"), (Kind.REPLACED, "User/Thing")} <= kinds(found)


def test_replacement_is_followed_through_the_output_of_a_stack_between() -> None:
    between = stack("Between", {}, {"Out": {"Value": READS}})
    taken = {"Fn::GetStackOutput": {"StackName": "Lake-Between", "OutputName": "Out"}}
    found = told((maker("a"), between, user(taken)), (maker("b"), between, user(taken)))
    assert (Kind.REPLACED, "User/Thing") in kinds(found)


def test_property_that_may_change_follows_without_a_replacement() -> None:
    key = {"EncryptionType": "KMS", "KeyId": READS}
    users = [user({"a": "b"}, name="Tags", StreamEncryption=key, ShardCount=count) for count in (1, 2)]
    found = told((maker("a"), users[0]), (maker("b"), users[1]))
    assert kinds(found) == {(Kind.REPLACED, "Maker/Store")}


def test_export_in_use_cannot_change() -> None:
    found = told((maker("a"), user(IMPORTS)), (maker("b"), user(IMPORTS)))
    [refused] = [each for each in found if each.kind is Kind.REFUSED]
    assert (refused.place, refused.what) == ("Maker/Out", "an export in use")
    assert "by User" in refused.why
    assert refused.dangerous


def test_export_in_use_cannot_go_and_one_that_nobody_imports_can() -> None:
    without = stack("Maker", {name: dict(each) for name, each in maker("a").resources.items()})
    assert (Kind.REFUSED, "Maker/Out") in kinds(told((maker("a"), user(IMPORTS)), (without, user(IMPORTS))))
    assert kinds(told((maker("a"),), (without,))) == set()
    assert kinds(told((maker("a"),), (maker("b"),))) == {(Kind.REPLACED, "Maker/Store")}


def test_export_whose_text_changes_is_refused() -> None:
    texts = [maker("a", output={"Value": text, "Export": {"Name": "lake-out"}}) for text in ("x", "y")]
    found = told((texts[0], user(IMPORTS, name="Tags")), (texts[1], user(IMPORTS, name="Tags")))
    assert kinds(found) == {(Kind.REFUSED, "Maker/Out")}


def test_stack_that_reads_an_output_is_left_behind_where_its_template_is_the_same() -> None:
    found = told((maker("a"), user(READS)), (maker("b"), user(READS)))
    [stale] = [each for each in found if each.kind is Kind.STALE]
    assert (stale.place, stale.what) == ("User", "reads Maker/Out")
    assert "--force" in stale.why
    assert stale.dangerous


def test_stack_that_changes_anyway_reads_the_new_value() -> None:
    found = told((maker("a"), user(READS, ShardCount=1)), (maker("b"), user(READS, ShardCount=2)))
    assert Kind.STALE not in {each.kind for each in found}


@pytest.mark.parametrize("taken", [READS, IMPORTS], ids=["reads", "imports"])
def test_nothing_is_told_where_an_output_stays(taken: Json) -> None:
    more = {"Another": {"Value": "z"}}
    assert told((maker("a"), user(taken)), (maker("a", **more), user(taken))) == []
