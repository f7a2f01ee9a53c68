"""Registered locations: paths in S3 that are read with the role of their registration.

https://docs.aws.amazon.com/lake-formation/latest/dg/register-data-lake.html
"""

from collections.abc import Iterable
from dataclasses import dataclass

from local.services.lakeformation.model.errors import existing, invalid, missing

_PREFIX = "arn:aws:s3:::"


@dataclass(frozen=True)
class Registration:
    """A location that Lake Formation gives credentials for.

    Attributes:
        arn: Its ARN, without a slash at its end.
        role: ARN of the role that reads and writes it.
        hybrid: Whether only principals who opted in are under Lake Formation; the others stay under IAM.
    """

    arn: str
    role: str
    hybrid: bool = False
    with_federation: bool = False


def arn_of(uri: str) -> str:
    """The ARN of an `s3://` address, without a slash at its end; empty if it is none."""
    _, scheme, path = uri.partition("://")
    return f"{_PREFIX}{path}".rstrip("/") if scheme and uri.startswith(("s3:", "s3a:", "s3n:")) else ""


def covers(ancestor: str, arn: str) -> bool:
    """Whether a location is another one or lies in it."""
    return bool(arn) and (arn == ancestor or arn.startswith(f"{ancestor}/"))


class Locations:
    """The registered locations of a catalog."""

    def __init__(self) -> None:
        self._known: dict[str, Registration] = {}

    def register(self, registration: Registration) -> None:
        """Add a location.

        Raises:
            LakeFormationError: It is no path in S3, or registered.
        """
        if not registration.arn.startswith(_PREFIX):
            raise invalid(f"{registration.arn} is no ARN of a location in S3")
        if registration.arn in self._known:
            raise existing("Resource is already registered")
        self._known[registration.arn] = registration

    def update(self, registration: Registration) -> None:
        """Change a location.

        Raises:
            LakeFormationError: It is not registered.
        """
        self.get(registration.arn)
        self._known[registration.arn] = registration

    def deregister(self, arn: str) -> None:
        """Remove a location; its data is under IAM alone from then on.

        Raises:
            LakeFormationError: It is not registered.
        """
        self.get(arn)
        del self._known[arn.rstrip("/")]

    def get(self, arn: str) -> Registration:
        """A location by its ARN.

        Raises:
            LakeFormationError: It is not registered.
        """
        if arn.rstrip("/") not in self._known:
            raise missing("Entity not found")
        return self._known[arn.rstrip("/")]

    def all(self) -> Iterable[Registration]:
        """Every registered location, by its ARN."""
        return [self._known[arn] for arn in sorted(self._known)]

    def covering(self, uri: str) -> Registration | None:
        """The registration that an `s3://` address is under: the closest one, None if there is none."""
        arn = arn_of(uri)
        found = [each for each in self._known.values() if covers(each.arn, arn)]
        return max(found, key=lambda each: len(each.arn), default=None)
