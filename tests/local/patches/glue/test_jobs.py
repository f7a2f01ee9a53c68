import io
import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

GLUE = "glue.amazonaws.com"
ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")

CONF = " --conf ".join(
    (
        "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.glue_catalog=org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.glue_catalog.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
        "spark.sql.catalog.glue_catalog.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
        "spark.sql.catalog.glue_catalog.warehouse=s3://glue-data/warehouse",
    )
)

SPARK_JOB = """
import sys
import boto3
from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession
import helper

options = getResolvedOptions(sys.argv, ["JOB_NAME", "source"])
spark = SparkSession.builder.appName(options["JOB_NAME"]).getOrCreate()
spark.read.schema("id bigint, name string").json(options["source"]).createOrReplaceTempView("source")
table = "glue_catalog.jobs.merged"
spark.sql(f"CREATE TABLE {table} (id bigint, name string) USING iceberg "
          "TBLPROPERTIES ('format-version'='2', 'write.delete.mode'='merge-on-read')")
spark.sql(f"MERGE INTO {table} t USING source s ON t.id = s.id "
          "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")
spark.sql(f"DELETE FROM {table} WHERE id = 2")
print("caller", boto3.client("sts").get_caller_identity()["Arn"])
print("helper", helper.VALUE, "options", options["JOB_RUN_ID"])
"""

READING_JOB = """
from pyspark.sql import SparkSession
SparkSession.builder.getOrCreate().read.text("s3://glue-data/in/").show()
"""


COUNTING_JOB = """
from pyspark.sql import SparkSession
SparkSession.builder.getOrCreate().range(100).repartition(2).count()
"""

LISTING_JOB = """
from pyspark.sql import SparkSession
SparkSession.builder.getOrCreate().sql("SHOW TABLES IN glue_catalog.jobs").show()
"""


@pytest.fixture(scope="module")
def s3(embedded_aws: EmbeddedAws) -> Any:
    s3 = embedded_aws.client("s3")
    for bucket in ("glue-data", "glue-code"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="glue-data", Key="in/one.json", Body=b'{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n')
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("helper.py", "VALUE = 42\n")
    s3.put_object(Bucket="glue-code", Key="helper.zip", Body=content.getvalue())
    embedded_aws.client("glue").create_database(DatabaseInput={"Name": "jobs"})
    return s3


CODE = (["s3:GetObject"], ["arn:aws:s3:::glue-code/*"])
DATA = (["s3:*"], ["arn:aws:s3:::glue-data", "arn:aws:s3:::glue-data/*"])
CATALOG = (["glue:*"], ["*"])
LOGS = (["logs:*"], ["arn:aws:logs:*:*:log-group:/aws-glue/*"])


class Job:
    """A job with a script of its own."""

    def __init__(self, glue: Any, s3: Any, name: str, role: str, script: str, **settings: Any) -> None:
        self._glue, self.name = glue, name
        s3.put_object(Bucket="glue-code", Key=f"{name}.py", Body=script)
        command = {"Name": "glueetl", "ScriptLocation": f"s3://glue-code/{name}.py", "PythonVersion": "3"}
        glue.create_job(Name=name, Role=role, Command=command, GlueVersion="5.1", **settings)

    def start(self, **arguments: str) -> str:
        """Start a run and return its id."""
        given = {f"--{key}": value for key, value in arguments.items()}
        return str(self._glue.start_job_run(JobName=self.name, Arguments=given)["JobRunId"])

    def run(self, run_id: str) -> dict[str, Any]:
        """The run as Glue tells it."""
        found: dict[str, Any] = self._glue.get_job_run(JobName=self.name, RunId=run_id)["JobRun"]
        return found


@pytest.fixture
def make_job(
    embedded_aws: EmbeddedAws, s3: Any, make_role: Callable[..., str], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Job]]:
    name = request.node.name[5:50].replace("_", "-")

    def make(script: str, *allowed: Any, service: str = GLUE, suffix: str = "", **settings: Any) -> Job:
        role = make_role(name + suffix, service, *(allowed or (CODE,)))
        return Job(embedded_aws.client("glue"), s3, name + suffix, role, script, **settings)

    yield make
    assert not (embedded_aws.directory / "glue").exists() or not list(
        (embedded_aws.directory / "glue").iterdir()
    )


@pytest.fixture
def end(wait_for: Callable[..., Any]) -> Callable[[Job, str], dict[str, Any]]:
    def wait(job: Job, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = wait_for(
            lambda: job.run(run_id), lambda run: run["JobRunState"] in ENDED, seconds=120
        )
        return found

    return wait


@pytest.fixture
def output(embedded_aws: EmbeddedAws) -> Callable[[str], list[str]]:
    def read(run_id: str) -> list[str]:
        events = embedded_aws.client("logs").get_log_events(
            logGroupName="/aws-glue/jobs/output", logStreamName=run_id
        )
        return [event["message"] for event in events["events"]]

    return read


def test_spark_job_writes_iceberg_under_its_role_when_it_is_allowed(
    embedded_aws: EmbeddedAws,
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    output: Callable[[str], list[str]],
    wait_for: Callable[..., Any],
) -> None:
    arguments = {
        "--conf": CONF,
        "--datalake-formats": "iceberg",
        "--extra-py-files": "s3://glue-code/helper.zip",
        "--enable-metrics": "true",
        "--TempDir": "s3://glue-data/tmp/",
    }
    job = make_job(SPARK_JOB, CODE, DATA, CATALOG, LOGS, DefaultArguments=arguments)
    run = end(job, run_id := job.start(source="s3://glue-data/in/"))
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    role = f"arn:aws:sts::000000000000:assumed-role/{job.name}/GlueJobRunnerSession"
    assert output(run_id) == [f"caller {role}", f"helper 42 options {run_id}"]
    assert rows(embedded_aws, wait_for, "SELECT id, name FROM jobs.merged") == [["1", "a"]]


def rows(aws: EmbeddedAws, wait_for: Callable[..., Any], query: str) -> list[list[str]]:
    athena = aws.client("athena")
    place = {"OutputLocation": "s3://glue-data/results/"}
    started = athena.start_query_execution(QueryString=query, ResultConfiguration=place)
    query_id = started["QueryExecutionId"]
    wait_for(
        lambda: athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"],
        lambda status: status["State"] == "SUCCEEDED",
    )
    found = athena.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
    return [[value["VarCharValue"] for value in row["Data"]] for row in found[1:]]


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "not asked"])
def test_job_tells_cloudwatch_what_it_did_when_it_is_asked_to(
    embedded_aws: EmbeddedAws,
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    asked: bool,
) -> None:
    arguments = {"--enable-metrics": "true"} if asked else {}
    job = make_job(COUNTING_JOB, CODE, LOGS, suffix=f"-{asked}", DefaultArguments=arguments)
    assert end(job, job.start())["JobRunState"] == "SUCCEEDED"
    found = {
        name: sum(each["Sum"] for each in counted(embedded_aws, job.name, f"glue.driver.aggregate.{name}"))
        for name in ("numCompletedStages", "numFailedTasks", "elapsedTime")
    }
    assert found["numFailedTasks"] == 0
    assert (found["numCompletedStages"] >= 2) is asked
    assert (found["elapsedTime"] > 1000) is asked


def counted(aws: EmbeddedAws, job: str, metric: str) -> list[dict[str, Any]]:
    """Data points of a job's metric in the last hour."""
    dimensions = {"JobName": job, "JobRunId": "ALL", "Type": "count"}
    found: list[dict[str, Any]] = aws.client("cloudwatch").get_metric_statistics(
        Namespace="Glue",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=time.time() - 3600,
        EndTime=time.time() + 60,
        Period=7200,
        Statistics=["Sum"],
    )["Datapoints"]
    return found


def test_spark_job_fails_with_the_denial_when_its_role_may_not_read(
    make_job: Callable[..., Job], end: Callable[[Job, str], dict[str, Any]]
) -> None:
    job = make_job(READING_JOB)
    run = end(job, job.start())
    assert run["JobRunState"] == "FAILED"
    assert "AccessDenied" in run["ErrorMessage"]
    assert "\tat " not in run["ErrorMessage"]


def test_spark_job_lacks_iceberg_when_no_data_lake_format_is_asked_for(
    make_job: Callable[..., Job], end: Callable[[Job, str], dict[str, Any]]
) -> None:
    job = make_job(LISTING_JOB, CODE, CATALOG, DefaultArguments={"--conf": CONF})
    assert "org.apache.iceberg" in end(job, job.start())["ErrorMessage"]


def test_job_gets_its_own_arguments_when_glue_has_consumed_the_rest(
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    output: Callable[[str], list[str]],
) -> None:
    defaults = {"--conf": "spark.x=y", "--enable-metrics": "true", "--one": "1", "--two": "default"}
    job = make_job("import sys; print(sys.argv[1:])", CODE, LOGS, DefaultArguments=defaults)
    run = end(job, run_id := job.start(two="given"))
    assert run["JobRunState"] == "SUCCEEDED"
    expected = ["--one", "1", "--two", "given", "--JOB_NAME", job.name, "--JOB_RUN_ID", run_id]
    assert output(run_id) == [str(expected)]


def test_job_fails_with_its_exception_when_the_script_raises(
    make_job: Callable[..., Job], end: Callable[[Job, str], dict[str, Any]]
) -> None:
    job = make_job("def work():\n    raise ValueError('3 of 5 records rejected')\nwork()")
    run = end(job, job.start())
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"] == "ValueError: 3 of 5 records rejected"


def test_job_sees_no_environment_of_the_emulator_when_it_runs(
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    output: Callable[[str], list[str]],
) -> None:
    names = "('AWS_PROFILE', 'LAKE_DIRECTORY', 'MINISTACK_SSL_KEY', 'AUTH')"
    job = make_job(f"import os; print([n for n in {names} if n in os.environ])", CODE, LOGS)
    end(job, run_id := job.start())
    assert output(run_id) == ["[]"]


def test_job_fails_when_its_role_may_not_read_the_script(
    make_job: Callable[..., Job], end: Callable[[Job, str], dict[str, Any]]
) -> None:
    job = make_job("print(1)", LOGS)
    run = end(job, job.start())
    assert run["JobRunState"] == "FAILED"
    assert "LAUNCH ERROR" in run["ErrorMessage"]
    assert "403" in run["ErrorMessage"]


def test_job_fails_when_glue_may_not_assume_its_role(
    make_job: Callable[..., Job], end: Callable[[Job, str], dict[str, Any]]
) -> None:
    job = make_job("print(1)", CODE, service="lambda.amazonaws.com")
    run = end(job, job.start())
    assert run["JobRunState"] == "FAILED"
    assert "assume role permissions for glue.amazonaws.com" in run["ErrorMessage"]


def test_job_refuses_a_second_run_when_one_is_allowed(
    embedded_aws: EmbeddedAws,
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    wait_for: Callable[..., Any],
) -> None:
    glue = embedded_aws.client("glue")
    job = make_job("import os, time; print(os.getpid(), flush=True); time.sleep(600)", CODE, LOGS)
    run_id = job.start()
    with pytest.raises(ClientError, match="ConcurrentRunsExceededException"):
        job.start()
    log = embedded_aws.directory / "logs" / "glue" / f"{job.name}-{run_id}.output.log"
    process = int(wait_for(lambda: log.exists() and log.read_text()))
    glue.batch_stop_job_run(JobName=job.name, JobRunIds=[run_id])
    assert end(job, run_id)["JobRunState"] == "STOPPED"
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_job_runs_side_by_side_when_cloudformation_allows_more(
    embedded_aws: EmbeddedAws,
    s3: Any,
    make_role: Callable[..., str],
    deploy: Callable[..., dict[str, str]],
    end: Callable[[Job, str], dict[str, Any]],
) -> None:
    role = make_role("side-by-side", GLUE, CODE)
    s3.put_object(Bucket="glue-code", Key="two.py", Body="print(1)")
    properties = {
        "Name": "side-by-side",
        "Role": role,
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://glue-code/two.py"},
        "ExecutionProperty": {"MaxConcurrentRuns": 2},
    }
    deploy("side-by-side", {"Job": {"Type": "AWS::Glue::Job", "Properties": properties}})
    glue = embedded_aws.client("glue")
    runs = [glue.start_job_run(JobName="side-by-side")["JobRunId"] for _ in range(2)]
    job = Job.__new__(Job)
    job._glue, job.name = glue, "side-by-side"
    assert [end(job, run)["JobRunState"] for run in runs] == ["SUCCEEDED"] * 2


def archive(**modules: str) -> bytes:
    """An archive of wheels with one module each."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as outer:
        outer.writestr("wheels/requirements.txt", "".join(f"{name}==1\n" for name in modules))
        for name, code in modules.items():
            wheel = io.BytesIO()
            with zipfile.ZipFile(wheel, "w") as inner:
                inner.writestr(f"{name}.py", code)
            outer.writestr(f"wheels/{name}-1-py3-none-any.whl", wheel.getvalue())
    return content.getvalue()


OFFLINE = {"--python-modules-installer-option": "--no-index"}


def test_job_imports_what_an_archive_of_wheels_brings_before_what_is_installed_here(
    s3: Any,
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    output: Callable[[str], list[str]],
) -> None:
    s3.put_object(Bucket="glue-code", Key="a.gluewheels.zip", Body=archive(xxhash="VALUE = 7"))
    modules = {"--additional-python-modules": "s3://glue-code/a.gluewheels.zip", **OFFLINE}
    job = make_job("import xxhash\nprint(xxhash.VALUE)", CODE, LOGS, DefaultArguments=modules)
    for _ in range(2):
        run = end(job, run_id := job.start())
        assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
        assert output(run_id) == ["7"]


def test_job_gets_no_archive_that_its_role_may_not_read_when_another_run_has_unzipped_it(
    s3: Any, make_job: Callable[..., Job], end: Callable[[Job, str], dict[str, Any]]
) -> None:
    s3.put_object(Bucket="glue-data", Key="b.gluewheels.zip", Body=archive(thing="VALUE = 7"))
    modules = {"--additional-python-modules": "s3://glue-data/b.gluewheels.zip", **OFFLINE}
    allowed = make_job("import thing", CODE, DATA, DefaultArguments=modules)
    assert end(allowed, allowed.start())["JobRunState"] == "SUCCEEDED"
    denied = make_job("import thing", suffix="-2", DefaultArguments=modules)
    run = end(denied, denied.start())
    assert run["JobRunState"] == "FAILED"
    assert "403" in run["ErrorMessage"]


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"--additional-python-modules": "left-pad==1"}, "got left-pad==1; emulated: s3://"),
        ({"--additional-python-modules": "s3://glue-code/a.whl", **OFFLINE}, r"got s3://glue-code/a\.whl"),
        (
            {"--additional-python-modules": "s3://glue-code/a.gluewheels.zip"},
            "got none; emulated: --no-index",
        ),
        (
            {"--additional-python-modules": "s3://glue-code/no.gluewheels.zip", **OFFLINE},
            "LAUNCH ERROR .*404",
        ),
        (
            {"--additional-python-modules": "s3://glue-code/bad.gluewheels.zip", **OFFLINE},
            "LAUNCH ERROR .*zip",
        ),
    ],
    ids=["name", "wheel", "index", "missing", "damaged"],
)
def test_job_refuses_modules_when_they_are_no_archive_of_wheels(
    s3: Any,
    make_job: Callable[..., Job],
    end: Callable[[Job, str], dict[str, Any]],
    modules: dict[str, str],
    message: str,
) -> None:
    s3.put_object(Bucket="glue-code", Key="bad.gluewheels.zip", Body=b"no zip")
    job = make_job("print(1)", suffix=f"-{abs(hash(message))}", DefaultArguments=modules)
    assert re.search(message, end(job, job.start())["ErrorMessage"])
