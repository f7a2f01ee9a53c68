"""Whether one right covers another, as IAM would have it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.upgrade.statements import Right, matches, rights


def right(action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/k", **statement: Any) -> Right:
    said = {"Effect": "Allow", "Action": action, "Resource": resource, **statement}
    [found] = rights({"Statement": said})
    return found


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (right("s3:*"), right("s3:GetObject")),
        (right(resource="arn:aws:s3:::b/*"), right(resource="arn:aws:s3:::b/shop/*")),
        (right(Principal="*"), right(Principal={"AWS": "arn:aws:iam::1:root"})),
        (right(), right(Condition={"Bool": {"aws:SecureTransport": True}})),
        (
            right(Condition={"StringEquals": {"aws:PrincipalAccount": ["1", "2"]}}),
            right(Condition={"StringEquals": {"aws:principalaccount": "1"}}),
        ),
        (
            right(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:logs:*"}}),
            right(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:logs:eu-west-1:1:*"}}),
        ),
        (
            right(Condition={"StringNotEquals": {"aws:PrincipalArn": "a"}}),
            right(Condition={"StringNotEquals": {"aws:PrincipalArn": ["a", "b"]}}),
        ),
        (
            right(Condition={"StringEqualsIfExists": {"aws:SourceVpc": "v"}}),
            right(Condition={"StringEquals": {"aws:SourceVpc": "v"}}),
        ),
    ],
)
def test_wider_right_covers_a_narrower_one_and_not_the_other_way_round(wide: Right, narrow: Right) -> None:
    assert wide.covers(narrow)
    assert not narrow.covers(wide)


def test_actions_are_one_whatever_their_case() -> None:
    assert right("S3:getobject").covers(right("s3:GetObject"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (right("s3:Get*"), right("s3:*")),
        (right(resource="arn:aws:s3:::?"), right(resource="arn:aws:s3:::*")),
        (right(NotPrincipal={"AWS": "a"}), right(Principal={"AWS": "b"})),
        (right(Principal={"AWS": "a"}), right(Principal={"Service": "a"})),
        (
            right(Condition={"StringEquals": {"aws:SourceVpc": "v"}}),
            right(Condition={"StringEqualsIfExists": {"aws:SourceVpc": "v"}}),
        ),
        (right(Condition={"StringLike": {"k": "a*"}}), right(Condition={"StringEquals": {"k": "ab"}})),
        (right(Effect="Deny"), right()),
    ],
)
def test_right_covers_no_other_kind_of_right(one: Right, other: Right) -> None:
    assert not one.covers(other)


def test_what_is_said_by_exclusion_covers_only_the_same() -> None:
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}
    [found] = rights({"Statement": [statement]})
    [same] = rights({"Statement": [{**statement, "NotAction": ["s3:*", "iam:*"]}]})
    assert found == same
    assert not found.covers(right("kms:Decrypt"))
    assert right("*", "*").covers(found)


ARN = st.text(alphabet="ab/*?", max_size=6)


@given(ARN, ARN, st.text(alphabet="ab/", max_size=6))
def test_pattern_that_covers_another_matches_all_that_it_does(wide: str, narrow: str, text: str) -> None:
    if matches(narrow, wide) and matches(text, narrow):
        assert matches(text, wide)
