"""Runs the project's own command lines: the real CDK, which deploys unchanged templates, and `lake`."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.emulator.launcher import EmbeddedAws

PROJECT = Path(__file__).resolve().parents[2]
_CDK = PROJECT / "node_modules" / ".bin" / "cdk"
_LAKE = Path(sys.executable).with_name("lake")
_TAIL_LINES = 40

BOOTSTRAP_STACK = "CDKToolkit"
"""The stack that `cdk bootstrap` makes."""


class DeploymentError(RuntimeError):
    """A command failed; the message holds the end of what it printed."""


def check_tools() -> None:
    """Tell at once that nothing can be deployed from here.

    Raises:
        DeploymentError: The CDK's command line is missing.
    """
    if not _CDK.is_file():
        raise DeploymentError(f"got no {_CDK}; allowed: the command line of the CDK; fix: make setup")


def synthesize(environment: str, assembly: Path, root: Path = PROJECT, select: Collection[str] = ()) -> None:
    """Write the cloud assembly of one environment of the project at `root`, or of a selection of it.

    It needs no AWS, so it may run while the embedded AWS starts. Template validation is left to
    `make synth` and the tests, which run it on these very templates.
    """
    _run(
        [
            _CDK,
            "synth",
            "--quiet",
            "--app",
            f"{shlex.quote(sys.executable)} app.py",
            "-c",
            f"env={environment}",
            *(("-c", f"select={','.join(sorted(select))}") if select else ()),
            "-o",
            assembly,
        ],
        log=assembly.parent / "logs" / "synth.log",
        variables=_path({"CDK_VALIDATION": "false"}),
        directory=root,
    )


def bootstrap(aws: EmbeddedAws) -> None:
    """Prepare the account for CDK deployments."""
    _run(
        [_CDK, "bootstrap", f"aws://{aws.account}/{aws.region}"],
        log=aws.directory / "logs" / "bootstrap.log",
        variables=_path(aws.environment()),
        # Outside the project, where no cdk.json asks for a synthesis that bootstrapping does not need.
        directory=aws.directory,
    )


def deploy(aws: EmbeddedAws, assembly: Path, stacks: Collection[str] = ()) -> None:
    """Deploy every stack of an assembly, or some of them alone."""
    which = ["--exclusively", *sorted(stacks)] if stacks else ["--all"]
    _run(
        [_CDK, "deploy", "--app", assembly, *which, "--require-approval", "never", "--method", "direct",
         "--concurrency", "4", "--progress", "events"],
        log=aws.directory / "logs" / "deploy.log",
        variables=_path(aws.environment()),
    )  # fmt: skip


def write_catalogue(environment: str, folder: Path, assembly: Path, root: Path = PROJECT) -> Path:
    """Write the catalogue of the project's datasets into a folder, and return its first page.

    Who reads what is told by the cloud assembly.
    """
    _run(
        [_LAKE, "docs", "--root", root, "--env", environment, "--templates", assembly, "--out", folder],
        log=folder.parent / "logs" / "docs.log",
        variables=_path({}),
    )
    return folder / "index.html"


def _path(variables: dict[str, str]) -> dict[str, str]:
    merged = variables if "PATH" in variables else {**os.environ, **variables}
    tools = Path(sys.executable).parent  # Node.js lives beside the interpreter
    return {**merged, "PATH": f"{tools}{os.pathsep}{merged['PATH']}", "CDK_DISABLE_CLI_TELEMETRY": "true"}


def _run(
    command: list[str | Path], *, log: Path, variables: dict[str, str], directory: Path = PROJECT
) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    process = None
    with log.open("wb") as output:
        try:
            with _interrupts_wait():  # or one could come when the program runs and nobody knows it yet
                process = subprocess.Popen(
                    [str(word) for word in command],
                    cwd=directory,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            process.wait()
        except BaseException:
            if process:  # with the app and Node.js that the command line started
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        name = f"{Path(command[0]).name} {command[1]}"
        raise DeploymentError(f"{name} ended with code {process.returncode}; from {log}:\n{tail}")


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Have signals that end this process wait for the end of the block; other threads get none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    former = {
        number: signal.signal(number, lambda received, _: came.append(received))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    for received in came:
        signal.raise_signal(received)
