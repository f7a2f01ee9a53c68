"""Dashboards of CloudWatch, as widgets: what people look at to see whether the lake is well."""
