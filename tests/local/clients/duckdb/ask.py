import os
from importlib.resources import files

import boto3
import duckdb

connection = duckdb.connect(config={"autoinstall_known_extensions": False})
for name in ("httpfs", "avro", "iceberg"):  # from their packages on PyPI, which need no download
    package = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    connection.load_extension(str(package / f"{name}.duckdb_extension"))
keys = boto3.Session().get_credentials()
connection.execute("SET ca_cert_file = ?", [os.environ["SSL_CERT_FILE"]])
endpoint = os.environ["AWS_ENDPOINT_URL"].removeprefix("https://")
connection.execute(
    f"""CREATE SECRET (TYPE s3, KEY_ID '{keys.access_key}', SECRET '{keys.secret_key}',
    REGION 'us-east-1', ENDPOINT '{endpoint}', URL_STYLE 'path')"""
)
table = boto3.client("glue").get_table(DatabaseName="lakehouse_local_gold_shop", Name="daily_orders")
metadata = table["Table"]["Parameters"]["metadata_location"]
daily = connection.from_query("FROM iceberg_scan(?)", params=[metadata])
print(daily.select("ordered_on, orders, amount").order("ordered_on"))
