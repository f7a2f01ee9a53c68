"""Reason codes: one place says which there are, and the documentation says the same."""

import pytest
from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES, REASONS, Breach

from config.load import PROJECT_ROOT


def test_every_reason_is_documented_as_the_code_explains_it() -> None:
    text = (PROJECT_ROOT / "docs" / "add-a-dataset.md").read_text()
    section = text.partition("## Why a record is rejected")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{reason}` | {meaning} |" for reason, meaning in REASONS.items()]
    assert f"{MAX_RECORD_BYTES // 1024**2} MiB" in REASONS["oversized_record"]


def test_breach_is_refused_when_nobody_has_explained_its_reason() -> None:
    with pytest.raises(ValueError, match="got 'odd'; allowed: unreadable_file, "):
        Breach("odd", "")
