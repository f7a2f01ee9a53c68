"""Templates in a form in which the content of their assets does not matter."""

import json
import re
from typing import Any


def without_hashes(template: Any, pattern: str) -> Any:
    """Return a copy without the asset hashes that match, and without the order that follows from them."""
    return _ordered(json.loads(re.sub(pattern, "<asset>", json.dumps(template))))


def _ordered(value: Any) -> Any:
    """Lists of texts sorted: the CDK sorts resources of a statement by the hashes in their names."""
    if isinstance(value, dict):
        return {key: _ordered(member) for key, member in value.items()}
    if isinstance(value, list):
        texts = all(isinstance(member, str) for member in value)
        return sorted(value) if texts else [_ordered(member) for member in value]
    return value
