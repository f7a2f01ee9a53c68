"""Partition projection: which folders are partitions, without anyone registering them.

Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from local.patches.athena.errors import QueryError
from local.patches.athena.hive import formats

_RELATIVE = re.compile(r"NOW(?:([+-]\d+)(YEARS|MONTHS|WEEKS|DAYS|HOURS|MINUTES|SECONDS))?")
_DAYS = {"YEARS": 365.25, "MONTHS": 30.44, "WEEKS": 7, "DAYS": 1, "HOURS": 1 / 24, "MINUTES": 1 / 1440}


def enabled(parameters: Mapping[str, str]) -> bool:
    """Whether a table projects its partitions."""
    return parameters.get("projection.enabled", "").lower() == "true"


def template(location: str, keys: list[str], parameters: Mapping[str, str]) -> str:
    """Where a partition's objects are, with `${key}` for its values."""
    folders = "".join(f"{key}=${{{key}}}/" for key in keys)
    return parameters.get("storage.location.template", location.rstrip("/") + "/" + folders).rstrip("/") + "/"


def pattern(place: str, keys: list[str], parameters: Mapping[str, str]) -> re.Pattern[str]:
    """What the addresses of a partition's objects match; its groups are the values.

    A date is as many folders as its format says.
    """
    parts = re.split(r"\$\{(\w+)\}", place)
    seen: set[str] = set()
    text = ""
    for at, part in enumerate(parts):
        if at % 2 == 0:
            text += re.escape(part)
        elif part.lower() not in keys:
            raise QueryError(f"HIVE_METASTORE_ERROR: ${{{part}}} in {place} is not a partition key: {keys}")
        else:
            folders = parameters.get(f"projection.{part.lower()}.format", "").count("/")
            value = "[^/]*" + "/[^/]*" * folders
            text += f"(?P={part.lower()})" if part.lower() in seen else f"(?P<{part.lower()}>{value})"
            seen.add(part.lower())
    return re.compile(text)


def projected(key: str, value: str, parameters: Mapping[str, str]) -> bool:
    """Whether a value of a partition key is one that the table projects.

    Raises:
        QueryError: The table's parameters do not say what the values of the key are.
    """
    prefix = f"projection.{key}."
    match parameters.get(prefix + "type", "").lower():
        case "enum":
            return value in [one.strip() for one in parameters[prefix + "values"].split(",")]
        case "integer":
            return _integer(value, parameters, prefix)
        case "date":
            return _date(value, parameters, prefix)
        case "injected":
            return True
        case kind:
            raise QueryError(
                f"HIVE_METASTORE_ERROR: {prefix}type is {kind!r}; enum, integer, date or injected"
            )


def _integer(value: str, parameters: Mapping[str, str], prefix: str) -> bool:
    low, high = (int(bound) for bound in parameters[prefix + "range"].split(","))
    digits = int(parameters.get(prefix + "digits", "1"))
    return (
        bool(re.fullmatch(r"-?\d+", value))
        and low <= int(value) <= high
        and value == f"{int(value):0{digits}d}"
    )


def _date(value: str, parameters: Mapping[str, str], prefix: str) -> bool:
    shape = formats.joda(parameters[prefix + "format"]).replace("%-", "%")
    try:
        moment = datetime.strptime(value, shape).replace(tzinfo=UTC)
    except ValueError:
        return False
    low, high = (_bound(bound.strip(), shape) for bound in parameters[prefix + "range"].split(","))
    return low <= moment <= high


def _bound(text: str, shape: str) -> datetime:
    relative = _RELATIVE.fullmatch(text.replace(" ", "").upper())
    if not relative:
        return datetime.strptime(text, shape).replace(tzinfo=UTC)
    now = datetime.now(UTC)
    if not relative[1]:
        return now
    days = _DAYS.get(relative[2], 1 / 86_400)
    return now + timedelta(days=int(relative[1]) * days)
