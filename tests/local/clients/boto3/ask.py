import os
import time

import boto3

athena = boto3.client("athena")
query = athena.start_query_execution(
    QueryString="SELECT ordered_on, orders, amount FROM daily_orders ORDER BY ordered_on",
    QueryExecutionContext={"Database": "lakehouse_local_gold_shop"},
    WorkGroup=os.environ["AWS_ATHENA_WORK_GROUP"],
)["QueryExecutionId"]
while (status := athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"])["State"] in (
    "QUEUED",
    "RUNNING",
):
    time.sleep(0.2)
if status["State"] != "SUCCEEDED":
    raise SystemExit(status["StateChangeReason"])
for row in athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1:]:
    print(*(cell["VarCharValue"] for cell in row["Data"]))
