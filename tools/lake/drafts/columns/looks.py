"""What texts look like that no job would read so."""

import re

from tools.lake.drafts.columns.profile import Profile
from tools.lake.drafts.columns.written import is_ambiguous

_LOOKS = {
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}( .*)?": "dates with years of two digits; name the format, as in dd.MM.yy",
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}( .*)?": "dates, but of no one form that jobs read",
    r"\d\d:\d\d(:\d\d(\.\d+)?)?": "times of day, for which tables have no type",
    r"-?\d+,\d+": "numbers with a decimal comma (dialect: decimalChar), or with thousands (groupChar)",
    r"-?\d{1,3}(,\d{3})+(\.\d+)?": "numbers with commas between thousands (dialect: groupChar)",
    r"[$€£] ?-?\d[\d.,]*|-?\d[\d.,]* ?[$€£]": "amounts with a currency, which jobs do not read",
    r"(?i)y|n|t|f|yes|no": "true and false, but jobs read the words true and false alone",
    r"-?\d{16,}": "numbers, but too long to stay exact as one",
    r"-?\d+(\.\d+)?": "numbers, but JSON quotes them",
}
_SHARE = 0.9
"""Share of the values that must look alike."""


def look_of(figures: Profile) -> str | None:
    """Tell which type texts seem to have; None if none.

    A better type may fail for a few values, or because jobs read another form of it.
    """
    typed = {"numbers": figures.numbers, "dates": figures.dates, "timestamps": figures.instants}
    for what, number in typed.items():
        if _SHARE * figures.values <= number < figures.values:
            return f"all but {figures.values - number:,} of {figures.values:,} values are {what}"
    if figures.padded:
        return "looks like numbers with leading zeros, which a number would lose"
    if is_ambiguous(figures.texts):
        return "looks like dates; name the format: dd/MM/yyyy, or MM/dd/yyyy"
    for pattern, what in _LOOKS.items():
        alike = sum(bool(re.fullmatch(pattern, text)) for text in figures.texts)
        if figures.texts and alike >= _SHARE * len(figures.texts):
            return f"looks like {what}"
    return None
