"""What every command needs: the environment that it acts on, and how it tells of what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape

from config.load import load_settings
from config.settings import Settings
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.drafts import deployed
from lakehouse.odcs.lake.load import load_lake
from tools.cli.project import INVALID, dataset_of, errors, project_root, telling_faults

Env = Annotated[str, typer.Option("--env", help="Environment to act on, a file in config/environments.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")]

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class OperationError(RuntimeError):
    """A command cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """One environment, and clients of the account that it lives in."""

    settings: Settings
    session: boto3.Session = field(repr=False)

    def client(self, service: str) -> Any:
        """Make a client of one service in the environment's region."""
        return _client(self.session, service, self.settings.region)


@dataclass(frozen=True)
class Target:
    """One environment, its contracts, and clients of the account that it lives in."""

    settings: Settings
    lake: Lake
    session: boto3.Session = field(repr=False)

    def client(self, service: str) -> Any:
        """Make a client of one service in the environment's region."""
        return _client(self.session, service, self.settings.region)

    def datasets(self, names: list[str]) -> list[Dataset]:
        """Return source datasets by id or name; all of them if none is named.

        Raises:
            typer.BadParameter: A name is unknown, not unique, or that of a gold product.
        """
        if not names:
            return [dataset for dataset in self.lake.datasets if dataset.ingestion]
        found = [dataset_of(self.lake, name) for name in names]
        if products := [dataset.id for dataset in found if not dataset.ingestion]:
            raise typer.BadParameter(
                f"got {', '.join(products)}; allowed: datasets that arrive from a source; fix: name those "
                "that the gold product is made from"
            )
        return found


@cache
def _client(session: boto3.Session, service: str, region: str) -> Any:
    return session.client(service, region_name=region)


def open_account(settings: Settings) -> Account:
    """Make sure that the credentials belong to the environment.

    Raises:
        OperationError: There are none, or they are those of another account.
    """
    needed = f"those of {settings.account}, where {settings.environment} lives"
    try:
        opened = Account(settings, boto3.Session())
        account = opened.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise OperationError(
            f"got no credentials that AWS takes ({error}); allowed: {needed}; fix: sign in, or choose "
            "another AWS_PROFILE"
        ) from error
    if account != settings.account:
        raise OperationError(
            f"got credentials of account {account}; allowed: {needed}; fix: choose another AWS_PROFILE or "
            "another --env"
        )
    return opened


def open_target(environment: str, root: Path | None) -> Target:
    """Read settings and contracts, and make sure that the credentials belong to the environment.

    Raises:
        InvalidInputError: Settings or contracts have faults.
        OperationError: The credentials are those of another account.
    """
    project = project_root(root)
    settings, lake = load_settings(environment, project), load_lake(project)
    return Target(settings, deployed(lake, settings), open_account(settings).session)


def acting(command: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Make a command tell of faults, and of what AWS refused, on standard error, and end with 1."""

    @wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        try:
            return command(*args, **kwargs)
        except (OperationError, BotoCoreError, ClientError) as error:
            errors.print(f"[red]✗[/red] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(INVALID) from error

    return telling_faults(wrapped)
