"""Which alarms tell something of a lake that is new."""

from datetime import UTC, datetime, timedelta

import pytest

from tools.smoke.logs import brief, told
from tools.smoke.watch import is_young

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("missing", "age", "young"),
    [
        ("breaching", timedelta(minutes=59), True),
        ("breaching", 48 * HOUR + timedelta(seconds=1), False),
        ("breaching", 47 * HOUR, True),
        ("notBreaching", timedelta(minutes=1), False),
    ],
)
def test_alarm_is_young_when_what_it_counts_had_no_time_to_come(
    missing: str, age: timedelta, young: bool
) -> None:
    changed = datetime.now(UTC) - age
    times = {"Period": 3600, "EvaluationPeriods": 48, "AlarmConfigurationUpdatedTimestamp": changed}
    assert is_young({**times, "TreatMissingData": missing}) is young


def test_message_of_a_log_is_cut_in_its_middle_and_keeps_the_error_at_its_end() -> None:
    text = brief("[ERROR] All failed\n" + "  File x\n" * 500 + "AccessDenied: s3:PutObject")
    assert text.startswith("[ERROR] All failed")
    assert text.endswith("AccessDenied: s3:PutObject")
    assert len(text) < 1000


def test_structured_message_is_told_by_its_code_and_text() -> None:
    assert brief('{"errorCode": "S3.AccessDenied", "message": "no", "x": 1}') == "S3.AccessDenied: no"
    assert told(["a", "b", "b", "c", "d"]) == "b | c | d"
