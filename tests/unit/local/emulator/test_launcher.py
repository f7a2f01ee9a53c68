from pathlib import Path

import pytest

from local.emulator.launcher import EmbeddedAws, EmulatorError


@pytest.mark.parametrize("text", ["abc", "-1", "65536", "1.5", "²"])
def test_what_is_no_port_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("LAKE_PORT", text)
    with pytest.raises(EmulatorError, match=f"got LAKE_PORT={text}; allowed: a port up to 65535"):
        EmbeddedAws(tmp_path)


@pytest.mark.parametrize(("text", "port"), [("", 0), ("0", 0), ("65535", 65535)])
def test_any_port_may_be_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, port: int
) -> None:
    monkeypatch.setenv("LAKE_PORT", text)
    assert EmbeddedAws(tmp_path).port == port
