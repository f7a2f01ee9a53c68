import awswrangler as wr

frame = wr.athena.read_sql_query(
    "SELECT ordered_on, orders, amount FROM daily_orders ORDER BY ordered_on",
    database="lakehouse_local_gold_shop",
)
print(frame)
print(wr.catalog.get_table_types(database="lakehouse_local_gold_shop", table="daily_orders"))
print(wr.athena.read_sql_table("daily_orders", database="lakehouse_local_gold_shop")["orders"].sum())
