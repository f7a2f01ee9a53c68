"""Physical names of everything that is addressed from outside its own stack.

Names are built here and nowhere else, so that a reader can predict them, and a length or charset
fault shows while the settings load, not half-way through a deployment.
"""

import re
from dataclasses import dataclass, replace

from config.faults import Fault, InvalidInputError

BUCKET_ROLES = ("access-logs", "landing", "bronze", "silver", "gold", "quarantine", "query-results")
"""Every bucket of the platform, by role."""

BUCKET_MAX = 63
"""Longest bucket name: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""

NAME_MAX = 64
"""Longest name that Lambda, IAM roles, Firehose and CloudWatch dashboards all accept."""

OUTLIVES = "lake:outlives"
"""Metadata of a resource that stays when its environment is removed; the value says why."""

SHARED_CELLS = "lake:shared-cells"
"""Metadata of a link to a table of another account: the `filter` through which it is shared, and what that
lets through, `columns` and, unless it is all, `rows`."""

_STACK_IN_ROLE = 24
"""Characters of a stack's name that the name of a role begins with, at least."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Naming:
    """Builds the physical names of one environment.

    Domains and datasets are snake_case, as in the contracts; names that AWS joins with hyphens
    turn the underscores into hyphens.
    """

    project: str
    environment: str
    account: str
    region: str
    masking_key_of: str | None = None
    """The environment whose masking key this one uses; None: its own."""

    @property
    def prefix(self) -> str:
        """`{project}-{environment}`: what every account-scoped name starts with."""
        return f"{self.project}-{self.environment}"

    def bucket(self, role: str) -> str:
        """Name of the bucket with this role, one of `BUCKET_ROLES`; unique in the whole of AWS."""
        return f"{self.prefix}-{role}-{self.account}-{self.region}"

    def database(self, layer: str, domain: str) -> str:
        """Name of the Glue database that holds one layer of one domain."""
        return f"{self.prefix}-{layer}-{domain}".replace("-", "_")

    def resource(self, *parts: str) -> str:
        """Name of a stream, job, state machine, work group or role made of these parts.

        Raises:
            InvalidInputError: the name is longer than `NAME_MAX`.
        """
        name = "-".join((self.prefix, *parts)).replace("_", "-")
        if len(name) > NAME_MAX:
            allowed = f"names of at most {NAME_MAX} characters; this one has {len(name)}"
            fix = f"shorten the project or what {'/'.join(parts)} stands for"
            raise InvalidInputError([Fault("config/environments", "project", name, allowed, fix)])
        return name

    @property
    def masking_secret(self) -> str:
        """Name of the secret that holds the key under which personal values are hashed."""
        return self._key_of_people("masking-key")

    @property
    def token_secret(self) -> str:
        """Name of the secret that holds the key under which personal values become tokens."""
        return self._key_of_people("token-key")

    def _key_of_people(self, name: str) -> str:
        return replace(self, environment=self.masking_key_of or self.environment).resource(name)

    def parameter(self, *parts: str) -> str:
        """Path of an SSM parameter: the only interface that other applications may rely on."""
        return "/" + "/".join((self.project, self.environment, *parts))

    def stack(self, name: str) -> str:
        """Name of a CloudFormation stack."""
        return (
            "-".join(part.title().replace("_", "") for part in (self.project, self.environment)) + f"-{name}"
        )

    @property
    def roles(self) -> tuple[str, str]:
        """Patterns of the names of all roles: of those that have one, and of those that CloudFormation names.

        It puts the stack's name first. A role's name holds 64 characters, so it shortens a long one; to how
        many characters is not documented, and 25 were seen.
        """
        return f"{self.prefix}-*", f"{self.stack('')[:_STACK_IN_ROLE]}*"

    def faults(self, where: str) -> list[Fault]:
        """Every rule of AWS that the names of this environment would break."""
        found = [
            Fault(
                where,
                key,
                value,
                "lower-case letters, digits and single hyphens, a letter first",
                "rename it",
            )
            for key, value in (("project", self.project), ("environment", self.environment))
            if not _SLUG.fullmatch(value)
        ]
        longest = max((self.bucket(role) for role in BUCKET_ROLES), key=len)
        if len(longest) > BUCKET_MAX:
            found.append(
                Fault(
                    where,
                    "project",
                    self.project,
                    f"bucket names of at most {BUCKET_MAX} characters; {longest} has {len(longest)}",
                    "choose a shorter project name",
                )
            )
        return found
