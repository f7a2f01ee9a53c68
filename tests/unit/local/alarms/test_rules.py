import pytest

from local.alarms.datapoints import State
from local.alarms.metrics import UnsupportedError
from local.alarms.rules import parse

STATES = {"red": State.ALARM, "green": State.OK, "grey": State.INSUFFICIENT_DATA, "a b": State.ALARM}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(red)", True),
        ("ALARM(green)", False),
        ("OK(green)", True),
        ("INSUFFICIENT_DATA(grey)", True),
        ("ALARM(nobody)", False),
        ('ALARM("a b")', True),
        ("ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:red)", True),
        ("NOT ALARM(red)", False),
        ("ALARM(red) AND ALARM(green)", False),
        ("ALARM(green) OR ALARM(red)", True),
        ("TRUE OR TRUE AND FALSE", True),
        ("(TRUE OR TRUE) AND FALSE", False),
        ("ALARM(red) AND NOT (OK(green) AND FALSE)", True),
    ],
)
def test_rule_holds_as_its_words_say(rule: str, expected: bool) -> None:
    assert parse(rule).holds(STATES.get) is expected


@pytest.mark.parametrize("rule", ["ALARM(red) ALARM(red)", "AT_LEAST(1, ALARM, (red))", "ALARM(red", "", "!"])
def test_rule_that_is_not_understood_is_refused(rule: str) -> None:
    with pytest.raises(UnsupportedError, match="rule"):
        parse(rule)


def test_alarms_are_named_in_the_order_of_the_rule() -> None:
    named = [name for name, _ in parse("ALARM(b) OR NOT OK(a)").named()]
    assert named == ["b", "a"]
