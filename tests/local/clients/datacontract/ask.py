import os
from functools import partial
from pathlib import Path

from datacontract.data_contract import DataContract
from pyarrow import fs

# Arrow reads answers from S3 by itself, and no variable tells it where that is; on AWS it needs not be told.
fs.S3FileSystem = partial(fs.S3FileSystem, endpoint_override=os.environ["AWS_ENDPOINT_URL"])

SERVER = """
servers:
  - server: laptop
    type: athena
    schema: lakehouse_local_gold_shop
    stagingDir: s3://lakehouse-local-query-results-000000000000-us-east-1/analyst/
    regionName: us-east-1
"""
contract = Path(os.environ["LAKE_PROJECT"], "contracts/shop/daily_orders.odcs.yaml").read_text()
run = DataContract(data_contract_str=contract + SERVER, server="laptop").test()
for check in run.checks:
    print(check.result and check.result.value, check.name, check.reason or "")
if run.result != "passed":
    raise SystemExit(1)
