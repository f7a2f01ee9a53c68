"""CloudFormation's `Custom::IcebergTable`: creates Iceberg tables and lets them grow, and never drops one."""
