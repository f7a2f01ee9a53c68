"""The launcher: what is up after it starts, and that nothing is left when it ends, however it ends."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws, EmulatorError, PortTakenError

ROOT = Path(__file__).resolve().parents[3]

BUSY = """
import io, json, pathlib, sys, time, zipfile
from local.emulator.launcher import EmbeddedAws

SPARK = '''
from pyspark.sql import SparkSession
SparkSession.builder.getOrCreate().range(1).count()
import time
print("running", flush=True)
time.sleep(600)
'''

def role(iam, name):
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": name + ".amazonaws.com"}}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps({"Statement": [allow]}))
    return made["Role"]["Arn"]

aws = EmbeddedAws(pathlib.Path(sys.argv[1]), port=0)
aws.start()
iam, s3, glue, functions = map(aws.client, ("iam", "s3", "glue", "lambda"))
s3.create_bucket(Bucket="busy-code")
s3.put_object(Bucket="busy-code", Key="job.py", Body=SPARK)
command = {"Name": "glueetl", "ScriptLocation": "s3://busy-code/job.py"}
glue.create_job(Name="busy", Role=role(iam, "glue"), Command=command)
run = glue.start_job_run(JobName="busy")["JobRunId"]
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("index.py", "def handler(event, context): return 1")
functions.create_function(FunctionName="busy", Runtime="python3.11", Handler="index.handler",
                          Role=role(iam, "lambda"), Code={"ZipFile": code.getvalue()})
functions.invoke(FunctionName="busy")
log = aws.directory / "logs" / "glue" / f"busy-{run}.output.log"
while not (log.exists() and "running" in log.read_text()):
    time.sleep(0.1)
print(aws._process.pid, flush=True)
sys.stdin.readline()
aws.stop()
"""


def started_below(directory: Path) -> set[str]:
    """Programs that run with this directory in their environment."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR", "").startswith(str(directory)):
                found.add(" ".join(process.cmdline())[:200])
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that started an emulator with a Spark job and a function in it, and the emulator's id."""
    starter = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout
    with starter:
        yield starter, int(starter.stdout.readline())
        starter.kill()


def stop(starter: subprocess.Popen[str], emulator: int) -> None:
    assert starter.stdin
    starter.stdin.write("\n")
    starter.stdin.flush()


def kill_starter(starter: subprocess.Popen[str], emulator: int) -> None:
    starter.kill()


def kill_emulator(starter: subprocess.Popen[str], emulator: int) -> None:
    os.kill(emulator, signal.SIGKILL)


@pytest.mark.parametrize("end", [stop, kill_starter, kill_emulator])
def test_emulator_leaves_no_process_when_it_ends_by(
    end: Callable[..., None],
    busy: tuple[subprocess.Popen[str], int],
    tmp_path: Path,
    wait_for: Callable[..., Any],
) -> None:
    programs = "\n".join(started_below(tmp_path))
    assert "local.emulator.server" in programs
    assert "glue_main.py" in programs
    assert "java" in programs
    end(*busy)
    wait_for(lambda: started_below(tmp_path), lambda left: not left, seconds=15)


def test_emulator_answers_over_tls_on_loopback_only_when_started(embedded_aws: EmbeddedAws) -> None:
    listening = [one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
    places = [tuple(one.laddr) for one in listening]
    assert [place for place in places if place[1] == embedded_aws.port] == [("127.0.0.1", embedded_aws.port)]
    stranger = http.client.HTTPSConnection("localhost", embedded_aws.port)
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/")


def test_emulator_refuses_requests_when_their_key_is_unknown(embedded_aws: EmbeddedAws) -> None:
    stranger = embedded_aws.session(aws_access_key_id="AKIASTRANGER", aws_secret_access_key="no")  # noqa: S106
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        stranger.client("s3").list_buckets()


def test_start_names_the_port_and_the_remedy_when_it_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} .*LAKE_PORT"):
            EmbeddedAws(tmp_path, port=port).start()


def test_start_takes_the_port_of_the_environment_when_none_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_PORT", "45871")
    assert EmbeddedAws(tmp_path).port == 45871


def test_start_shows_the_log_when_the_emulator_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = EmbeddedAws(tmp_path, port=0)
    monkeypatch.setattr("local.emulator.environment.of_server", lambda *_: {"PATH": os.environ["PATH"]})
    with pytest.raises(EmulatorError, match=r"(?s)ended with code 1.*KeyError: 'MINISTACK_SSL_CERT'"):
        aws.start()


def test_client_needs_a_started_emulator_when_asked_for(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="not started"):
        EmbeddedAws(tmp_path, port=0).client("s3")


def test_environment_suffices_when_the_users_own_is_hostile(
    embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:1")
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=embedded_aws.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == embedded_aws.account
    assert embedded_aws.client("sts").get_caller_identity()["Account"] == embedded_aws.account


def test_session_is_a_boto3_session_when_libraries_ask_for_one(embedded_aws: EmbeddedAws) -> None:
    assert isinstance(embedded_aws.session(), boto3.Session)


def test_emulator_starts_within_seconds_when_jars_are_there(tmp_path: Path) -> None:
    started = time.monotonic()
    with EmbeddedAws(tmp_path, port=0) as aws:
        aws.client("s3").list_buckets()
    assert time.monotonic() - started < 20
