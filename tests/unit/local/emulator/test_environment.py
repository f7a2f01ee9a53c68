from pathlib import Path

import pytest

from local.emulator import environment, tls


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "HTTPS_PROXY",
        "https_proxy",
        "MINISTACK_X",
        "PYTHONPATH",
    ):
        monkeypatch.setenv(name, "ambient")
    return environment.of_server(tmp_path, 4600, "eu-west-1", tls.issue(tmp_path / "tls"))


def test_server_sees_nothing_ambient_when_the_user_has_credentials(server: dict[str, str]) -> None:
    assert "ambient" not in server.values()


def test_server_starts_without_credentials_in_its_environment(server: dict[str, str]) -> None:
    assert not [name for name in server if "ACCESS_KEY" in name or "TOKEN" in name]


def test_server_enforces_iam_and_tls_when_started(server: dict[str, str]) -> None:
    wanted = {"AUTH": "true", "USE_SSL": "1", "AWS_ENDPOINT_URL": "https://localhost:4600", "TZ": "UTC"}
    assert wanted.items() <= server.items()


def test_clean_environment_drops_aws_and_proxies_when_present() -> None:
    ambient = {"AWS_PROFILE": "x", "http_proxy": "x", "NO_PROXY": "x", "PATH": "/bin"}
    assert environment.without_ambient_aws(ambient) == {"PATH": "/bin"}
