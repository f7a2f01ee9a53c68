from sqlalchemy import MetaData, create_engine, inspect, select

engine = create_engine("awsathena+rest://@athena.us-east-1.amazonaws.com:443/lakehouse_local_gold_shop")
print("daily_orders" in inspect(engine).get_table_names())
metadata = MetaData()
metadata.reflect(bind=engine, only=["daily_orders"])
daily = metadata.tables["daily_orders"]
print({column.name: str(column.type) for column in daily.columns})
with engine.connect() as connection:
    for row in connection.execute(select(daily.c.ordered_on, daily.c.orders).order_by(daily.c.ordered_on)):
        print(row)
