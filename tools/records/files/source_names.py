"""Members of nested values by what their source calls them."""

from typing import Any

from lakehouse.model.fields import Array, Map, Struct, Type


def sourced(value: Any, kind: Type) -> Any:
    """Return a value with the members of its structs called as in the source, however deep."""
    if value is None:
        return None
    match kind:
        case Struct(fields):
            kinds = {field.name: field for field in fields}
            return {
                kinds[name].source_name: sourced(each, kinds[name].type)
                for name, each in value.items()
                if name in kinds
            }
        case Array(element):
            return [sourced(each, element) for each in value]
        case Map(_, inner):
            return {name: sourced(each, inner) for name, each in value.items()}
    return value
