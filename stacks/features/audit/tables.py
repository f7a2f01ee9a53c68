"""Tables over the files of CloudTrail and over S3's access logs, with projected partitions.

Columns, SerDes and input format are those of AWS's pages:

- https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html
"""

from collections.abc import Sequence

from config.naming import BUCKET_ROLES, Naming
from lakehouse.targets.glue import FIRST_INGEST_DATE, Column, ExternalTable

DATABASE = ("audit", "trail")
"""What the database is called after, in place of a layer and a domain."""
EVENTS, ACCESS_LOGS = "events", "access_logs"

LOGGED = tuple(role for role in BUCKET_ROLES if role != "access-logs")
"""Buckets whose requests S3 logs, beside the trail's own."""

_TEXT = "org.apache.hadoop.mapred.TextInputFormat"
_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

_IDENTITY = (
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,"
    "username:string,sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>>>"
)

_EVENT_COLUMNS = (
    Column("eventversion", "string", "version of the event's form"),
    Column("useridentity", _IDENTITY, "who asked: a session names the role that issued it"),
    Column("eventtime", "string", "instant of the answer in UTC, in the form of ISO 8601"),
    Column("eventsource", "string", "service, such as s3.amazonaws.com"),
    Column("eventname", "string", "operation of its API"),
    Column("awsregion", "string", "region that was asked"),
    Column("sourceipaddress", "string", "address of who asked, or the service that asked for them"),
    Column("useragent", "string", "program that asked"),
    Column("errorcode", "string", "error of the answer; null if it was done"),
    Column("errormessage", "string", "what the error says"),
    Column("requestparameters", "string", "what was asked for, as JSON; secrets are left out"),
    Column("responseelements", "string", "what changed, as JSON; null for what only reads"),
    Column("additionaleventdata", "string", "what else the service tells, as JSON"),
    Column("requestid", "string", "id of the request"),
    Column("eventid", "string", "id of the event"),
    Column("readonly", "string", "whether it changes nothing"),
    Column("resources", "array<struct<arn:string,accountid:string,type:string>>", "what it was about"),
    Column("eventtype", "string", "AwsApiCall, AwsServiceEvent or a sign-in"),
    Column("managementevent", "string", "false for requests for data"),
    Column("recipientaccountid", "string", "account that got the event"),
    Column("sharedeventid", "string", "id that events of one request in several accounts share"),
    Column("eventcategory", "string", "Management or Data"),
)

_LOG_FIELDS = (
    ("bucketowner", "[^ ]*", "canonical id of the bucket's owner"),
    ("bucket_name", "[^ ]*", "bucket that was asked"),
    ("requestdatetime", r"\[(.*?)\]", "instant of the request, as dd/Mon/yyyy:HH:mm:ss +0000"),
    ("remoteip", "[^ ]*", "address of who asked"),
    ("requester", "[^ ]*", "ARN of who asked, or the service; - if nobody signed"),
    ("requestid", "[^ ]*", "id of the request"),
    ("operation", "[^ ]*", "such as REST.GET.OBJECT or S3.EXPIRE.OBJECT"),
    ("key", "[^ ]*", "key of the object, URL-encoded; - for none"),
    ("request_uri", '"[^"]*"|-', "line of the HTTP request"),
    ("httpstatus", "[^ ]*", "status of the HTTP answer"),
    ("errorcode", "[^ ]*", "error of S3; - for none"),
    ("bytessent", "[^ ]*", "bytes of the answer, without its head"),
    ("objectsize", "[^ ]*", "bytes of the object"),
    ("totaltime", "[^ ]*", "milliseconds of the answer"),
    ("turnaroundtime", "[^ ]*", "milliseconds that S3 took"),
    ("referrer", '"[^"]*"|-', "HTTP's Referer"),
    ("useragent", '"[^"]*"|-', "HTTP's User-Agent"),
    ("versionid", "[^ ]*", "version that was asked for"),
    ("hostid", "[^ ]*", "extended id of the request"),
    ("sigv", "[^ ]*", "version of the signature"),
    ("ciphersuite", "[^ ]*", "cipher of TLS"),
    ("authtype", "[^ ]*", "how the request was signed"),
    ("endpoint", "[^ ]*", "host that was asked"),
    ("tlsversion", "[^ ]*", "version of TLS"),
)
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html; later fields are left to the end."""

_DAY = Column("day", "string", "day in UTC, as YYYY/MM/DD")


def events_table(root: str, account: str, regions: Sequence[str]) -> ExternalTable:
    """Return the table of what CloudTrail recorded of an account.

    Args:
        root: URI of the folder that holds one of each account, ending with a slash.
        account: The account.
        regions: Regions of which it tells.
    """
    place = f"{root}{account}/CloudTrail/${{region}}/${{day}}"
    return ExternalTable(
        location=f"{root}{account}/CloudTrail/",
        columns=_EVENT_COLUMNS,
        partition_keys=(Column("region", "string", "region that was asked"), _DAY),
        input_format="com.amazon.emr.cloudtrail.CloudTrailInputFormat",
        output_format=_OUT,
        serde="org.apache.hive.hcatalog.data.JsonSerDe",
        serde_parameters={"serialization.format": "1"},
        parameters={
            "EXTERNAL": "TRUE",
            "classification": "cloudtrail",
            **_projection("region", regions, place),
        },
    )


def access_logs_table(naming: Naming, prefix: str, buckets: Sequence[str]) -> ExternalTable:
    """Return the table of the requests that S3 logged for these buckets.

    Below the prefix keys have account, region and bucket, and the day of the request.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html
    """
    logs = f"s3://{naming.bucket('access-logs')}/{prefix}{naming.account}/{naming.region}/"
    place = f"{logs}${{bucket}}/${{day}}"
    fields = " ".join(shape if "(" in shape else f"({shape})" for _, shape, _ in _LOG_FIELDS)
    return ExternalTable(
        location=logs,
        columns=tuple(Column(name, "string", comment) for name, _, comment in _LOG_FIELDS),
        partition_keys=(Column("bucket", "string", "bucket that was asked"), _DAY),
        input_format=_TEXT,
        output_format=_OUT,
        serde="org.apache.hadoop.hive.serde2.RegexSerDe",
        serde_parameters={"serialization.format": "1", "input.regex": f"{fields}.*"},
        parameters={"EXTERNAL": "TRUE", **_projection("bucket", buckets, place)},
    )


def _projection(key: str, values: Sequence[str], place: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html."""
    return {
        "projection.enabled": "true",
        f"projection.{key}.type": "enum",
        f"projection.{key}.values": ",".join(values),
        "projection.day.type": "date",
        "projection.day.format": "yyyy/MM/dd",
        "projection.day.range": f"{FIRST_INGEST_DATE.replace('-', '/')},NOW+1DAYS",
        "projection.day.interval": "1",
        "projection.day.interval.unit": "DAYS",
        "storage.location.template": place,
    }
