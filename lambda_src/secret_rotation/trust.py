"""Whom the function trusts to be who it asks: the authorities of its layer, or else those of its system."""

import ssl
from importlib.util import find_spec
from pathlib import Path

FILE = "certificate_authorities.pem"
"""Beside the packages of the layer."""


def context() -> ssl.SSLContext:
    """Return what checks certificate and host name."""
    spec = find_spec("pg8000")
    folder = Path(spec.origin).parents[1] if spec and spec.origin else Path()
    found = folder / FILE
    return ssl.create_default_context(cafile=str(found) if found.is_file() else None)
