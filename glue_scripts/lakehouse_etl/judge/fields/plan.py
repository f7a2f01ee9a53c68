"""How the values of one field are judged, put together once per dataset."""

from collections.abc import Mapping, Sequence
from typing import Any

from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.fields.faults import BrokenError, NoValueError, Reader
from lakehouse_etl.judge.fields.rules import Rule, lost, missing, value_rules


class FieldPlan:
    """Judges values of a field; knows no format, only what reads a value as the format has it."""

    def __init__(self, field: Field, read: Reader) -> None:
        """Take the field, and what reads its values; it raises NoValueError, and gets no null."""
        rules = tuple(value_rules(field))
        absent = (missing(field),) if field.required else ()
        reasons = lost(field)
        self._read = read
        self.judged = _judging(read, absent, reasons, rules)
        """Returns the value of what is given, unmasked; raises BrokenError if it breaks the contract."""
        self.breaches: tuple[Breach, ...] = (*absent, *reasons.values(), *(rule.breach for rule in rules))
        """What a value may break, in order of judgement."""

    def waived(self, given: Any) -> Any:
        """Return the value of what is given, null if it is none of the type; no rule counts."""
        try:
            return None if given is None else self._read(given)
        except NoValueError:
            return None


def _judging(
    read: Reader, absent: Sequence[Breach], reasons: Mapping[str, Breach], rules: Sequence[Rule]
) -> Reader:
    """Return what judges a value; a function of its own, as each value of each record passes it."""
    wrong = reasons["wrong_type"]

    def judged(given: Any) -> Any:
        if given is None:
            for breach in absent:
                raise BrokenError(breach)
            return None
        try:
            value = read(given)
        except NoValueError as error:
            raise BrokenError(reasons.get(error.reason, wrong)) from None
        for broken, breach in rules:
            if broken(value):
                raise BrokenError(breach)
        return value

    return judged
