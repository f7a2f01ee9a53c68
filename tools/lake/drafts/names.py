"""Names that columns and tables may have, made of those that sources have."""

import re
import unicodedata
from collections.abc import Sequence

from lakehouse.odcs.names import NAME, NAME_MAX, RESERVED

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^a-z0-9]+")

_ROOM = 10
"""Characters that a number behind a long name may take."""


def snake_case(text: str) -> str:
    """Write a name in snake_case, `Größe (cm)` as `grosse_cm`; empty if nothing of ASCII is left."""
    if NAME.fullmatch(text) and len(text) <= NAME_MAX:
        return text
    humps = _HUMPS.sub("_", text.strip())
    plain = unicodedata.normalize("NFKD", humps.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    words = _OTHER.sub("_", letters).strip("_")[: NAME_MAX - _ROOM].rstrip("_")
    return f"column_{words}" if words[:1].isdigit() else words


def column_names(sources: Sequence[str]) -> list[str]:
    """Return a name of its own for each name of a source, in their order.

    What is a name already stays as it is; of several that come to one the later ones are numbered.
    """
    kept = {source for source in sources if snake_case(source) == source} - RESERVED
    used = {*RESERVED, *kept}
    found: list[str] = []
    for at, source in enumerate(sources, 1):
        if source in kept:
            kept.discard(source)
            found.append(source)
            continue
        stem = snake_case(source) or f"column_{at}"
        names = (stem, *(f"{stem}_{number}" for number in range(2, len(sources) + len(RESERVED) + 2)))
        found.append(next(name for name in names if name not in used))
        used.add(found[-1])
    return found
