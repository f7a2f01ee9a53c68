"""A certificate authority that lives as long as one embedded AWS, and trust in it for every kind of client.

TLS is not optional: the lake's bucket policies refuse insecure transport, as they must on AWS.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import certifi
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12


@dataclass(frozen=True)
class TlsMaterial:
    """Files of one certificate authority and the server certificate that it signed."""

    authority: Path
    """PEM: what AWS SDKs and Node trust."""
    bundle: Path
    """PEM: the authority, and whom this machine trusts besides, for clients whose trust is one file."""
    certificate: Path
    """PEM: the server's certificate."""
    key: Path
    """PEM: the server's private key."""
    trust_store: Path
    """PKCS #12: what the JVM trusts."""
    trust_store_password: str
    profiles: Path
    """An AWS configuration without any profile, as the JVM's SDK insists on a regular file."""


def issue(directory: Path) -> TlsMaterial:
    """Make a new authority and a certificate for this machine's loopback names in a directory.

    The directory and its files are readable by their owner alone.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="lakehouse embedded AWS")
    server = authority.issue_cert("localhost", "127.0.0.1", "::1")
    password = secrets.token_hex(16)
    certificate = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    trust_store = pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(certificate, b"embedded-aws")], BestAvailableEncryption(password.encode())
    )
    material = issued(directory, password)
    _write(material.authority, authority.cert_pem.bytes())
    _write(material.bundle, _trusted() + authority.cert_pem.bytes())
    _write(material.certificate, b"".join(pem.bytes() for pem in server.cert_chain_pems))
    _write(material.key, server.private_key_pem.bytes())
    _write(material.trust_store, trust_store)
    _write(material.profiles, b"")
    return material


def issued(directory: Path, password: str = "") -> TlsMaterial:
    """Return what was issued in a directory; clients of its server need no password."""
    return TlsMaterial(
        authority=directory / "authority.pem",
        bundle=directory / "bundle.pem",
        certificate=directory / "server.pem",
        key=directory / "server.key",
        trust_store=directory / "trust.p12",
        trust_store_password=password,
        profiles=directory / "profiles",
    )


def _trusted() -> bytes:
    """Return the authorities that `SSL_CERT_FILE` names, else those that browsers know.

    It may name those of a lake that has ended, in a shell that was pointed at it.
    """
    named = Path(os.environ.get("SSL_CERT_FILE", ""))
    return (named if named.is_file() else Path(certifi.where())).read_bytes().rstrip() + b"\n"


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
