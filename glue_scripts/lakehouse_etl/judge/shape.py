"""What a rejected record looks like, for those who may not see what it holds."""

import re
from collections.abc import Callable, Iterable

from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS

_WORD = re.compile(r"[^\x00-/:-@\[-^`{-\x7f]+")
"""Letters and digits of ASCII, underscores, and all that is not ASCII: nobody can list its letters."""

_DIGIT, _OTHER = re.compile("[0-9]"), re.compile("[^9_]")


def shaper(fields: Iterable[Field]) -> Callable[[str | None], str | None]:
    """Return what makes the shape of a record's text, of any format.

    Each digit is a 9, each other character an x; what punctuates, blanks and the names that the fields have
    in the source stay. So the shape tells lengths and signs of values, never a value that is no such name.
    Of a text that is longer than `KEPT_CHARACTERS` it is the beginning's.
    """
    names = {word for field in fields for word in _WORD.findall(field.source_name)}

    def hidden(found: re.Match[str]) -> str:
        word = found[0]
        return word if word in names else _OTHER.sub("x", _DIGIT.sub("9", word))

    return lambda text: None if text is None else _WORD.sub(hidden, text[:KEPT_CHARACTERS])
