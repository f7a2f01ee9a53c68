"""How the values of one field are judged, put together once per dataset."""

from typing import Any

from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.fields.faults import BrokenError, NoValueError, Reader
from lakehouse_etl.judge.fields.rules import lost, missing, value_rules


class FieldPlan:
    """Judges values of a field; knows no format, only what reads a value as the format has it."""

    def __init__(self, field: Field, read: Reader) -> None:
        """Take the field, and what reads its values; it raises NoValueError, and gets no null."""
        rules = tuple(value_rules(field))
        self._read = read
        self._missing = missing(field) if field.required else None
        self._lost = lost(field)
        self._rules = [(rule.broken, rule.breach) for rule in rules]
        required = () if self._missing is None else (self._missing,)
        self.breaches: tuple[Breach, ...] = (
            *required,
            *self._lost.values(),
            *(rule.breach for rule in rules),
        )
        """What a value may break, in order of judgement."""

    def judged(self, given: Any) -> Any:
        """Return the value of what is given, unmasked.

        Raises:
            BrokenError: It breaks the contract.
        """
        if given is None:
            if self._missing is not None:
                raise BrokenError(self._missing)
            return None
        try:
            value = self._read(given)
        except NoValueError as error:
            raise BrokenError(self._lost.get(error.reason) or self._lost["wrong_type"]) from None
        for broken, breach in self._rules:
            if broken(value):
                raise BrokenError(breach)
        return value

    def waived(self, given: Any) -> Any:
        """Return the value of what is given, null if it is none of the type; no rule counts."""
        try:
            return None if given is None else self._read(given)
        except NoValueError:
            return None
