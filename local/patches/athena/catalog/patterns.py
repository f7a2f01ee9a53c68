"""Names that a pattern matches; the patterns are the caller's, so they run in linear time."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from local.patches.athena.errors import QueryError


def regular(names: Iterable[str], pattern: str) -> list[str]:
    """Names that a regular expression matches as a whole.

    Raises:
        QueryError: It is malformed.
    """
    texts = pa.array(list(names), pa.string())
    try:
        return list(texts.filter(pc.match_substring_regex(texts, f"^(?:{pattern})$")).to_pylist())
    except pa.ArrowInvalid as error:
        raise QueryError(f"FAILED: ParseException invalid pattern '{pattern}'") from error


def hive(names: Iterable[str], pattern: str) -> list[str]:
    """Names that a pattern of SHOW matches: `*` is anything, `|` is or.

    https://docs.aws.amazon.com/athena/latest/ug/show-tables.html
    """
    return regular(names, pattern.replace(".*", "*").replace("*", ".*"))
