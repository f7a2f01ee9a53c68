# The work group of the persona is in the environment, so that only the database has to be named.
sql="SELECT ordered_on, orders, amount FROM daily_orders ORDER BY ordered_on"
id=$(aws athena start-query-execution --query-string "$sql" --work-group "$AWS_ATHENA_WORK_GROUP" \
  --query-execution-context Database=lakehouse_local_gold_shop --query QueryExecutionId --output text)
until aws athena get-query-execution --query-execution-id "$id" --query QueryExecution.Status.State \
  --output text | grep -qE "SUCCEEDED|FAILED|CANCELLED"; do sleep 1; done
aws athena get-query-results --query-execution-id "$id" --output text \
  --query 'ResultSet.Rows[1:].[Data[].VarCharValue]'
aws glue get-table --database-name lakehouse_local_gold_shop --name daily_orders \
  --query 'Table.StorageDescriptor.Columns[].[Name,Type]' --output text
