"""Every way to mask values of a type."""

from lakehouse_etl.contract.masking import REDACT, Masking
from lakehouse_etl.contract.types import Decimal, List, Map, Primitive, Type

OF_TEXTS = (
    Masking("hash"),
    Masking("tokenize"),
    Masking("truncate", first=2),
    Masking("truncate", last=3),
    Masking("generalize", groups=(("a", "letter"), ("b", "letter"), ("1", "digit")), other="else"),
)
OF_NUMBERS = tuple(Masking("generalize", width=width) for width in (2, 10, 1000))
OF_DATES = tuple(Masking("generalize", to=period) for period in ("year", "quarter", "month"))
OF_TIMES = (*OF_DATES, *(Masking("generalize", to=period) for period in ("day", "hour")))


def maskings(kind: Type) -> tuple[Masking, ...]:
    """All methods that fit a type; of lists and maps those that fit what they hold."""
    match kind:
        case List(inner) | Map(_, inner):
            return maskings(inner)
        case Primitive("string"):
            return (REDACT, *OF_TEXTS)
        case Primitive("int" | "long" | "float" | "double") | Decimal():
            return (REDACT, *OF_NUMBERS)
        case Primitive("date"):
            return (REDACT, *OF_DATES)
        case Primitive("timestamp" | "timestamptz"):
            return (REDACT, *OF_TIMES)
    return (REDACT,)
