"""Starts and stops the embedded AWS: one process group, on loopback, with TLS and IAM enforced.

Everything it writes stays below the directory it is given. It dies with whoever started it, however that
process ends: the emulator watches a pipe whose other end only the starter holds.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from copy import copy
from pathlib import Path
from typing import Any, Self

import boto3

from local.emulator import environment, spark, tls
from local.emulator.class_archive import spark_classes
from local.emulator.root import ACCOUNT, RootSecrets
from local.emulator.session import EmbeddedSession

_PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS, _STOP_SECONDS, _LOG_TAIL_LINES, _LAST_PORT = 60.0, 10.0, 20, 65535


class EmulatorError(RuntimeError):
    """The embedded AWS did not start, or answered an internal request with an error."""


class PortTakenError(EmulatorError):
    """The requested port is in use by another program."""


class EmbeddedAws:
    """One embedded AWS: nothing in it at the start, for its user account 000000000000.

    Args:
        directory: Where certificates, logs, object data and temporary files go.
        port: Port on loopback; None takes `LAKE_PORT` from the environment, else a free one.
        region: Region that clients and the emulator use.
    """

    account = ACCOUNT
    server = "local.emulator.server"
    """Module that is run as the emulator's process."""

    def __init__(self, directory: Path, port: int | None = None, region: str = "us-east-1") -> None:
        self.directory = directory.resolve()
        self.region = region
        self.port = port if port is not None else _wanted_port()
        self._tls: tls.TlsMaterial | None = None
        self._root = RootSecrets()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        """URL of every service."""
        return f"https://localhost:{self.port}"

    @property
    def log(self) -> Path:
        """The emulator's own log; logs of Glue jobs lie beside it."""
        return self.directory / "logs" / "emulator.log"

    def of_account(self, account: str) -> "EmbeddedAws":
        """This embedded AWS, once it is started, for the root user of another account."""
        other = copy(self)
        other.account = account
        return other

    def start(self) -> None:
        """Start the emulator and wait until it answers.

        Raises:
            PortTakenError: The requested port is in use.
            EmulatorError: It ended or did not answer in time; the message holds the end of its log.
            JarsUnavailableError: Spark's jars could not be fetched.
        """
        classes = spark_classes()
        self._root = RootSecrets()
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(0o700)  # data, logs and keys are nobody else's, whatever the umask
        for name in ("logs", "tmp", "s3", "state"):
            (self.directory / name).mkdir(exist_ok=True)
        with _listen(self.port) as listener:
            self.port = listener.getsockname()[1]
            self._tls = tls.issue(self.directory / "tls")
            settings = spark.write_settings(
                self.directory, self.endpoint, self.region, self._tls, classes.options
            )
            variables = environment.of_server(self.directory, self.port, self.region, self._tls)
            variables |= {"SPARK_CONF_DIR": str(classes.conf), "LAKE_SPARK_SETTINGS": str(settings)}
            self._process = self._spawn(listener, variables)
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the emulator with everything it started: Lambda workers, Spark; never leaves one behind."""
        process, self._process = self._process, None
        if process is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()

    def environment(self) -> dict[str, str]:
        """This process's environment, with AWS settings and proxies replaced, for a child: the root user."""
        return {
            **environment.without_ambient_aws(os.environ),
            **environment.of_clients(self.endpoint, self.region, self._material),
            **self._root.variables_of(self.account),
        }

    def session(self, **credentials: str) -> boto3.Session:
        """A boto3 session of the root user, or with a role's credentials as boto3 names them."""
        root = {name.lower(): value for name, value in self._root.variables_of(self.account).items()}
        return EmbeddedSession(self.endpoint, self._material.authority, self.region, credentials or root)

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of one service as the root user."""
        return self.session().client(service, **options)

    def recorded_only(self) -> dict[str, int]:
        """How many resources of each type were accepted and recorded but not emulated."""
        return dict(Counter(resource["type"] for resource in self.recorded_resources()))

    def recorded_resources(self) -> list[dict[str, str]]:
        """Type, stack and logical id of each resource that was recorded but not emulated."""
        return list(self._control("GET", "/_lake/recorded"))

    def permissions(self) -> dict[str, list[dict[str, str]]]:
        """What policies have allowed since the start, and what was refused to whom.

        `used` has `role`, `action` and the `resource` of a policy, each once; `refused` has the ARN of a
        `principal`, an `action` and the `resource` it asked for, the last ones.
        """
        return dict(self._control("GET", "/_lake/permissions"))

    def flush_firehose(self) -> int:
        """Deliver what Firehose has collected, at once; returns the number of objects written.

        Raises:
            EmulatorError: A delivery stream's role may not read its source or write its objects.
        """
        done = self._control("POST", "/_lake/firehose/flush")
        if done["errors"]:
            raise EmulatorError("Firehose cannot deliver:\n" + "\n".join(done["errors"]))
        return int(done["objects"])

    def evaluate_alarms(self) -> list[dict[str, Any]]:
        """Evaluate every alarm, as is done each minute; return `alarm`, `old` and `new` of each change."""
        return list(self._control("POST", "/_lake/alarms/evaluate"))

    @property
    def _material(self) -> tls.TlsMaterial:
        if self._tls is None:
            raise EmulatorError("the embedded AWS is not started; call start() or use it in a with statement")
        return self._tls

    def _spawn(self, listener: socket.socket, variables: dict[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", self.server, str(listener.fileno())],
                cwd=_PROJECT,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        if process.stdin:
            with contextlib.suppress(BrokenPipeError):  # it ended at once, and its log will say why
                os.write(process.stdin.fileno(), self._root.line())
        return process

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process and (code := self._process.poll()) is not None:
                raise EmulatorError(f"the embedded AWS ended with code {code}\n{self._tail()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._control("GET", "/_lake/health")
                return
            time.sleep(0.05)
        raise EmulatorError(f"the embedded AWS did not answer within {_START_SECONDS:.0f} s\n{self._tail()}")

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        return "\n".join([f"end of {self.log}:", *lines])

    def _control(self, method: str, path: str) -> Any:
        trust = ssl.create_default_context(cafile=self._material.authority)
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=60, context=trust)
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Authorization": f"Bearer {self._root.control}"})
            answer = connection.getresponse()
            body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            said = body.decode(errors="replace")[:500]
            raise EmulatorError(f"{method} {path} answered {answer.status}: {said}")
        return json.loads(body)


def _wanted_port() -> int:
    text = os.environ.get("LAKE_PORT") or "0"
    if text.isascii() and text.isdigit() and int(text) <= _LAST_PORT:
        return int(text)
    raise EmulatorError(f"got LAKE_PORT={text}; allowed: a port up to {_LAST_PORT}, or 0; fix: unset it")


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): stop the program that holds it, "
            "or set LAKE_PORT to another port, or to 0 for any free one"
        ) from error
    return listener


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)
