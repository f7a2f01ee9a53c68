"""Names of files: how they may end, which ones engines hide, and which ones are like no other."""

import re
from collections.abc import Iterable

_PACKABLE = {"csv": (".csv",), "json": (".json", ".jsonl", ".ndjson")}
EXTENSIONS = {
    "parquet": (".parquet",),
    **{
        name: tuple(whole for end in ends for whole in (end, f"{end}.gz")) for name, ends in _PACKABLE.items()
    },
}
"""How names of files may end, by format; Parquet compresses by itself."""

_STEM_MAX = 100

_HIDDEN = ("_", ".")
"""What names begin with that Hive and Spark pass over."""

_FOLDER = "_$folder$"
"""End of the markers that Hadoop makes for folders."""


def is_hidden(names: Iterable[str]) -> bool:
    """Whether one of these folders, or the file in them, has a name that engines hide; data may have one."""
    return any(name.startswith(_HIDDEN) or name.endswith(_FOLDER) for name in names)


def extension_of(name: str, file_format: str) -> str | None:
    """Return the end of a name that its format allows, None if it has no such end."""
    return next((end for end in EXTENSIONS[file_format] if name.lower().endswith(end)), None)


def unique_name(name: str, extension: str, digest: str) -> str:
    """A name that every repetition of the event gives, and no other version of any object does.

    Only plain characters stay: Spark takes `*`, `[` and `{` in a path for patterns, and hides files whose
    names start with `_` or `.`.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name[: -len(extension)]).strip("-._")[:_STEM_MAX]
    return f"{stem or 'file'}-{digest}{extension}"
