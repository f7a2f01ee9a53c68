import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from local.emulator import tls


def test_issue_writes_files_for_their_owner_alone_when_called(tmp_path: Path) -> None:
    tls.issue(tmp_path / "tls")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_issue_replaces_everything_when_called_again(tmp_path: Path) -> None:
    first = tls.issue(tmp_path).authority.read_bytes()
    assert tls.issue(tmp_path).authority.read_bytes() != first


def test_clients_of_one_file_trust_the_lake_and_whom_they_trusted_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tls.issue(tmp_path / "company").authority
    monkeypatch.setenv("SSL_CERT_FILE", str(before))
    made = tls.issue(tmp_path / "lake")
    assert made.bundle.read_bytes() == before.read_bytes().rstrip() + b"\n" + made.authority.read_bytes()
    monkeypatch.delenv("SSL_CERT_FILE")
    trusted = ssl.create_default_context(cafile=str(tls.issue(tmp_path / "lake").bundle))
    assert len(trusted.get_ca_certs()) > 100


def test_trust_store_opens_with_its_password_when_java_reads_it(tmp_path: Path) -> None:
    made = tls.issue(tmp_path)
    stored = pkcs12.load_pkcs12(made.trust_store.read_bytes(), made.trust_store_password.encode())
    assert [one.friendly_name for one in stored.additional_certs] == [b"embedded-aws"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_certificate_is_accepted_when_the_host_is(host: str, tmp_path: Path) -> None:
    made = tls.issue(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=lambda: server.wrap_socket(theirs, server_side=True).close())
    thread.start()
    client = ssl.create_default_context(cafile=str(made.authority))
    with client.wrap_socket(ours, server_hostname=host) as secured:
        assert secured.version() == "TLSv1.3"
    thread.join()
