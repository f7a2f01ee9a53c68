"""Approvals stand for what they name, and for nothing else."""

from pathlib import Path

import pytest

from config.faults import InvalidInputError
from tools.upgrade.approvals import FILE, entries, judge
from tools.upgrade.finding import Finding, Kind

STREAM = Finding(Kind.REPLACED, "DomainShop/Stream", "AWS::Kinesis::Stream: Name", "an empty one")
RIGHT = Finding(Kind.RIGHTS, "DomainShop/Role", "allows s3:GetObject on *", "more")
ALARM = Finding(Kind.INTERRUPTED, "DomainShop/Alarm", "AWS::CloudWatch::Alarm goes", "no more")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("dev", "prod"):
        (tmp_path / "config/environments").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"config/environments/{name}.yaml").touch()
    return tmp_path


def approve(root: Path, *findings: Finding, reason: str = "moved by hand", environment: str = "dev") -> None:
    (root / FILE).write_text(entries(environment, findings).replace("''", repr(reason)))


def test_without_a_file_every_danger_is_open(root: Path) -> None:
    judged = judge("dev", [STREAM, ALARM], root)
    assert (judged.open, judged.approved, judged.told) == ((STREAM,), (), (ALARM,))


def test_printed_entries_approve_what_they_were_printed_for(root: Path) -> None:
    approve(root, STREAM, RIGHT)
    judged = judge("dev", [STREAM, RIGHT], root)
    assert judged.open == ()
    assert [(finding, one.reason) for finding, one in judged.approved] == [
        (STREAM, "moved by hand"), (RIGHT, "moved by hand"),
    ]  # fmt: skip


def test_entry_approves_neither_another_place_nor_another_environment(root: Path) -> None:
    approve(root, STREAM)
    elsewhere = Finding(STREAM.kind, "DomainBank/Stream", STREAM.what, STREAM.why)
    assert judge("dev", [STREAM, elsewhere], root).open == (elsewhere,)
    assert judge("prod", [STREAM], root).open == (STREAM,)


@pytest.mark.parametrize(
    ("findings", "reason", "environment", "told"),
    [
        ([], "moved", "dev", "delete it: the change has been made, or is not made"),
        ([STREAM], " ", "dev", "a reason"),
        ([STREAM], "moved", "dve", "did you mean 'dev'?"),
    ],
    ids=["in vain", "no reason", "no such environment"],
)
def test_entry_that_approves_nothing_or_says_no_reason_is_a_fault(
    root: Path, findings: list[Finding], reason: str, environment: str, told: str
) -> None:
    approve(root, STREAM, reason=reason, environment=environment)
    with pytest.raises(InvalidInputError, match=FILE) as caught:
        judge("dev", findings, root)
    assert told in str(caught.value)
