"""Runs a replication: the full tables, then every change, until it is stopped or fails.

States come in the order of AWS's, without those about capacity:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Serverless.Components.html
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from config.faults import InvalidInputError
from local.features.dms.mappings import MappingError, Placement, placements
from local.features.dms.source import Sample, tables
from local.features.dms.state import Json, Replication, Table, now
from local.features.dms.target import S3Target, TargetError
from local.patches.iam import roles
from tools.records.files.dms_files import changes_name, load_name
from tools.records.values import ImpossibleDataError

RELOAD = "reload-target"
RESUME = "resume-processing"
START = "start-replication"

_logger = logging.getLogger("dms")
_POLL_SECONDS = 0.2
_REFUSALS = (
    ClientError,
    BotoCoreError,
    roles.RoleError,
    TargetError,
    MappingError,
    InvalidInputError,
    ImpossibleDataError,
)

Write = Callable[[], AbstractContextManager[Replication]]
"""Gives the replication while nobody else changes it."""


class Run:
    """One run of a replication, from its start until it stops or fails.

    Args:
        config: The replication's configuration.
        source: Its source endpoint.
        target: Its target endpoint.
        locked: Gives what it has done so far.
    """

    def __init__(self, config: Json, source: Json, target: Json, locked: Write) -> None:
        self._config = config
        self._source = source
        self._endpoint = target
        self._locked = locked

    def run(self, kind: str) -> None:
        """Replicate; the outcome is in the replication's state.

        Args:
            kind: How it was started.
        """
        try:
            reason = self._replicate(kind)
        except _REFUSALS as error:
            _logger.error("replication %s failed: %s", self._config["ReplicationConfigArn"], error)
            self._end("failed", "FATAL_ERROR", str(error))
        except Exception as error:
            _logger.exception("replication %s failed", self._config["ReplicationConfigArn"])
            self._end("failed", "FATAL_ERROR", f"{type(error).__name__}: {error}")
        else:
            self._end("stopped", reason)

    def _replicate(self, kind: str) -> str:
        """Return why it ended."""
        self._become("testing_connection")
        self._assume_source_role()
        target = S3Target(self._endpoint)
        target.test_connection()
        self._become("fetching_metadata")
        _check_settings(self._config.get("ReplicationSettings"))
        samples = tables()
        placed = placements(self._config["TableMappings"], samples)
        self._become("replication_starting")
        self._become("running")
        if kind != RESUME and self._config["ReplicationType"] != "cdc":
            self._load(target, placed, samples, again=kind == RELOAD)
        if self._config["ReplicationType"] == "full-load":
            return "FULL_LOAD_ONLY_FINISHED"
        while not self._stopping():
            self._follow(target, placed, samples)
        return "NORMAL"

    def _assume_source_role(self) -> None:
        role = self._source.get("PostgreSQLSettings", {}).get("SecretsManagerAccessRoleArn")
        if role:
            region = self._config["ReplicationConfigArn"].split(":")[3]
            roles.assume(role, f"dms.{region}.amazonaws.com", "dms")

    def _load(
        self,
        target: S3Target,
        placed: Mapping[Table, Placement],
        samples: Mapping[Table, Sample],
        *,
        again: bool,
    ) -> None:
        with self._locked() as replication:
            replication.loaded.clear()
            replication.written.clear()
        for table, placement in placed.items():
            sample = samples[table]
            rows, seen = sample.load(again=again)
            if rows:
                target.write(placement, load_name(1), rows, sample.fields, sample.key, is_load=True)
            with self._locked() as replication:
                replication.loaded.add(table)
                replication.written[table] = seen

    def _follow(
        self, target: S3Target, placed: Mapping[Table, Placement], samples: Mapping[Table, Sample]
    ) -> None:
        """Write what has happened to each table since, then wait a little."""
        for table, placement in placed.items():
            sample = samples[table]
            with self._locked() as replication:
                start = replication.written.get(table, 0)
            if changes := sample.changes[start:]:
                target.write(
                    placement, changes_name(now()), changes, sample.fields, sample.key, is_load=False
                )
                with self._locked() as replication:
                    replication.written[table] = start + len(changes)
        with self._locked() as replication:
            stop = replication.stop
        stop.wait(_POLL_SECONDS)

    def _stopping(self) -> bool:
        with self._locked() as replication:
            return replication.stop.is_set()

    def _become(self, status: str) -> None:
        with self._locked() as replication:
            if not replication.stop.is_set():
                replication.status = status
            replication.times["ReplicationUpdateTime"] = now()

    def _end(self, status: str, reason: str, *failures: str) -> None:
        with self._locked() as replication:
            replication.status = status
            replication.stop_reason = f"Stop Reason {reason}"
            replication.failures = list(failures)
            replication.times["ReplicationUpdateTime"] = replication.times["ReplicationLastStopTime"] = now()


@contextmanager
def locked(lock: AbstractContextManager[object], replication: Replication) -> Iterator[Replication]:
    """Give a replication while a lock is held."""
    with lock:
        yield replication


def _check_settings(settings: str | None) -> None:
    """Refuse what would delete files: by AWS's default a full load does.

    Raises:
        TargetError: Tables are not to be left as they are.
    """
    preparation = json.loads(settings or "{}").get("FullLoadSettings", {}).get("TargetTablePrepMode")
    if preparation != "DO_NOTHING":
        got = preparation or "DROP_AND_CREATE, the default"
        raise TargetError(f"not emulated: FullLoadSettings.TargetTablePrepMode {got}; only DO_NOTHING is")
