"""Settings of the feature `github_actions`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.section import Section

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""Of an environment of a repository; one with a colon or a star could stand for others in a subject."""


class GithubActionsSettings(Section):
    """Whom of GitHub Actions this environment lets deploy, and whom it lets look."""

    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+$")]
    """Owner and name of the repository, such as `acme/lake`."""
    deploys: Name
    """Environment of the repository whose jobs deploy; its protection rules say who has to approve them."""
    reviews: Name
    """Environment of the repository whose jobs read what is deployed, to compare it; it needs no approval."""
    provider: bool
    """Whether this environment makes the identity provider of GitHub: an account has but one, so one
    environment alone may make it."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.deploys == self.reviews:
            raise ValueError("two environments, or whoever may look may deploy")
        return self
