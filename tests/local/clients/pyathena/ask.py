import os
from functools import partial

from pyarrow import fs
from pyathena import connect
from pyathena.arrow.cursor import ArrowCursor
from pyathena.pandas.cursor import PandasCursor

# Arrow reads answers from S3 by itself, and no variable tells it where that is; on AWS it needs not be told.
fs.S3FileSystem = partial(fs.S3FileSystem, endpoint_override=os.environ["AWS_ENDPOINT_URL"])

SQL = "SELECT ordered_on, orders, amount FROM daily_orders ORDER BY ordered_on"

with connect(schema_name="lakehouse_local_gold_shop") as connection:
    for row in connection.cursor().execute(SQL):
        print(row)
    table = connection.cursor(ArrowCursor).execute(SQL).as_arrow()
    print(table.schema.types, table.column("amount").to_pylist())
    print(connection.cursor(PandasCursor).execute(SQL).as_pandas()["orders"].sum())
