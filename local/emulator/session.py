"""Boto3 sessions of the embedded AWS."""

import os
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config


class EmbeddedSession(boto3.Session):
    """Gives each client the endpoint and the certificate authority, and reads no ambient settings.

    Args:
        endpoint: URL of every service.
        authority: The certificate authority to trust.
        region: Region of the clients.
        credentials: As `boto3.Session` takes them.
    """

    def __init__(self, endpoint: str, authority: Path, region: str, credentials: dict[str, str]) -> None:
        core = botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        super().__init__(botocore_session=core, region_name=region, **credentials)
        self._endpoint, self._authority = endpoint, str(authority)

    def client(self, service_name: str, *positional: Any, **options: Any) -> Any:
        """A client of one service, with boto3's own options."""
        options["endpoint_url"] = options.get("endpoint_url") or self._endpoint
        options["verify"] = options.get("verify") or self._authority
        direct = Config(proxies={}, retries={"max_attempts": 2})
        options["config"] = direct.merge(options["config"]) if options.get("config") else direct
        return super().client(service_name, *positional, **options)
