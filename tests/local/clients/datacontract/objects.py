import os
from importlib.resources import files
from pathlib import Path

import duckdb
from datacontract.data_contract import DataContract

SERVER = """
servers:
  - server: bronze
    type: s3
    location: s3://lakehouse-local-bronze-000000000000-us-east-1/shop/articles/**/*.csv
    endpointUrl: {}
    format: csv
"""
connection = duckdb.connect(config={"autoinstall_known_extensions": False})
for name in ("httpfs", "aws"):  # from their packages on PyPI, which need no download
    package = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    connection.install_extension(str(package / f"{name}.duckdb_extension"))
    connection.load_extension(name)
connection.execute("SET ca_cert_file = ?", [os.environ["SSL_CERT_FILE"]])
contract = Path(os.environ["LAKE_PROJECT"], "contracts/shop/articles.odcs.yaml").read_text()
run = DataContract(
    data_contract_str=contract + SERVER.format(os.environ["AWS_ENDPOINT_URL"]),
    server="bronze",
    duckdb_connection=connection,
).test()
for check in run.checks:
    print(check.result and check.result.value, check.name, check.reason or "")
if run.result != "passed":
    raise SystemExit(1)
