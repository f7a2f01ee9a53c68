"""Which events a trail selects, by its advanced event selectors.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]


def selected(record: Json, selectors: Iterable[Json]) -> bool:
    """Whether any selector takes a record.

    Basic ones take management events alone: their data resources are not emulated.
    """
    return any(_takes(each, record) for each in selectors)


def _takes(selector: Json, record: Json) -> bool:
    fields = selector.get("FieldSelectors")
    if fields is None:
        return bool(selector.get("IncludeManagementEvents")) and record["eventCategory"] == "Management"
    return all(_fits(each, _values(each["Field"], record)) for each in fields)


def _values(field: str, record: Json) -> list[str]:
    if field == "resources.type":
        return [str(each["type"]) for each in record.get("resources", [])]
    if field == "resources.ARN":
        return [str(each["ARN"]) for each in record.get("resources", [])]
    value = record.get(field)
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _fits(selector: Json, values: list[str]) -> bool:
    """All conditions hold, each for any of the values; those that exclude for every one."""
    tests: dict[str, Callable[[str, str], bool]] = {
        "Equals": str.__eq__,
        "StartsWith": str.startswith,
        "EndsWith": str.endswith,
    }
    for operator, test in tests.items():
        wanted, unwanted = selector.get(operator), selector.get(f"Not{operator}")
        if wanted and not any(test(value, one) for value in values for one in wanted):
            return False
        if unwanted and any(test(value, one) for value in values for one in unwanted):
            return False
    return True
