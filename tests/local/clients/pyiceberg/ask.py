from pyiceberg.catalog import load_catalog

table = load_catalog("lake").load_table("lakehouse_local_gold_shop.daily_orders")
print(table.schema().column_names[:3])
rows = table.scan(row_filter="orders > 1", selected_fields=("ordered_on", "orders", "amount")).to_arrow()
print(rows.to_pylist())
