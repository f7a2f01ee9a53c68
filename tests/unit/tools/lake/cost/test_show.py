"""What changed between two estimates, as people and scripts are told."""

import pytest

from tools.cli.project import console
from tools.lake.cost.charges import Spread, always
from tools.lake.cost.estimate import Estimate, Line
from tools.lake.cost.show import changes_document, show_changes


def estimate(**usd: Spread) -> Estimate:
    """An estimate with a line for each price, of one dataset."""
    lines = tuple(Line("shop/orders", price, always(1), each) for price, each in usd.items())
    return Estimate(lines, (), (), (), ())


OLD = estimate(kms_key=always(1), secret=always(0.4), glue_hour=Spread(0, 1, 10))
NEW = estimate(kms_key=always(1), waf_acl=always(5), glue_hour=Spread(0, 1, 20.001))


def test_only_what_differs_is_told_with_the_sum(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "_width", 200)
    show_changes(OLD, NEW, "main")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    told = {" ".join(line[:2]): line[2:] for line in lines}
    assert set(told) == {
        "shop/orders: glue_hour", "shop/orders: secret", "shop/orders: waf_acl", "in all",
    }  # fmt: skip
    assert told["shop/orders: secret"] == ["0.40", "→", "0.00"] * 3
    assert told["in all"] == ["1.40", "→", "6.00", "2.40", "→", "7.00", "11.40", "→", "26.00"]


def test_less_than_a_cent_is_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    show_changes(OLD, OLD, "main")
    assert "costs what it costs in main" in capsys.readouterr().out
    less = estimate(kms_key=always(1.004), secret=always(0.4), glue_hour=Spread(0, 1, 10))
    assert changes_document(OLD, less, "main")["changes"] == {}


def test_scripts_are_told_both_sides() -> None:
    document = changes_document(OLD, NEW, "main")
    assert document["against"] == "main"
    assert document["changes"]["shop/orders: waf_acl"] == {
        "before": {"idle": 0, "low": 0, "high": 0},
        "after": {"idle": 5, "low": 5, "high": 5},
    }
    assert document["total"]["before"] == {"idle": 1.4, "low": 2.4, "high": 11.4}
