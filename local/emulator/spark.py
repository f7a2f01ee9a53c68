"""Spark's settings for local Glue jobs: what Glue would set on AWS, and how to reach the embedded AWS.

Jobs bring their own catalog settings in `--conf`, as on AWS; nothing here names a table or a bucket.
"""

from pathlib import Path

from local.emulator.jars import jar_directory
from local.emulator.tls import TlsMaterial

_CREDENTIALS = "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"
_CATALOG = "spark.sql.catalog.glue_catalog"


def write_settings(
    directory: Path, endpoint: str, region: str, tls: TlsMaterial, options: tuple[str, ...]
) -> Path:
    """Write what `--properties-file` takes, with quiet logging beside it, and return its path.

    Both lie elsewhere than in `SPARK_CONF_DIR`, see `class_archive`. `options` are more of the JVM's.
    """
    conf = directory / "spark-conf"
    conf.mkdir(mode=0o700, parents=True, exist_ok=True)
    logging = conf / "log4j2.properties"
    _write(logging, _LOGGING)
    scratch = directory / "spark"
    scratch.mkdir(exist_ok=True)
    java = (
        f"-Djavax.net.ssl.trustStore={tls.trust_store}",
        f"-Djavax.net.ssl.trustStorePassword={tls.trust_store_password}",
        f"-Djava.io.tmpdir={scratch}",
        f"-Dderby.system.home={scratch}",
        f"-Daws.region={region}",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile={logging.as_uri()}",
        *options,
    )
    settings = {
        **_engine(scratch),
        **_aws(endpoint, region),
        "spark.driver.extraJavaOptions": " ".join(
            f'"{option}"' if " " in option else option for option in java
        ),
    }
    text = "".join(f"{name} {value}\n" for name, value in settings.items())
    return _write(conf / "spark.properties", text)


def _engine(scratch: Path) -> dict[str, str]:
    return {
        "spark.master": "local[2]",
        "spark.driver.memory": "3g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraClassPath": f"{jar_directory()}/*",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "WARN",
    }


def _aws(endpoint: str, region: str) -> dict[str, str]:
    return {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": region,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.aws.credentials.provider": _CREDENTIALS,
        "spark.hadoop.fs.s3a.attempts.maximum": "3",
        f"{_CATALOG}.glue.endpoint": endpoint,
        f"{_CATALOG}.s3.endpoint": endpoint,
        f"{_CATALOG}.s3.path-style-access": "true",
        f"{_CATALOG}.client.region": region,
    }


_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
logger.quiet.name = org.apache.hadoop.util.NativeCodeLoader
logger.quiet.level = error
logger.metrics.name = org.apache.hadoop.metrics2
logger.metrics.level = error
"""


def _write(path: Path, content: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(content)
    return path
