"""What texts look like that no job would read so."""

import re

from tools.lake.drafts.columns.profile import Profile

_LOOKS = {
    r"\d{1,2}/\d{1,2}/\d{2,4}( .*)?": "dates with slashes, but jobs read dates as YYYY-MM-DD",
    r"\d{1,2}\.\d{1,2}\.\d{2,4}( .*)?": "dates with dots, but jobs read dates as YYYY-MM-DD",
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(Z|[+-]\d\d:?\d\d)?": "timestamps, but jobs ask for seconds",
    r"\d\d:\d\d(:\d\d(\.\d+)?)?": "times of day, for which tables have no type",
    r"-?\d+,\d{1,2}": "numbers with a decimal comma, but jobs read a point",
    r"-?\d{1,3}(,\d{3})+(\.\d+)?": "numbers with commas between thousands, which jobs do not read",
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
    for pattern, what in _LOOKS.items():
        alike = sum(bool(re.fullmatch(pattern, text)) for text in figures.texts)
        if figures.texts and alike >= _SHARE * len(figures.texts):
            return f"looks like {what}"
    return None
