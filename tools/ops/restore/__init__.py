"""What brings back what was lost: objects, versions of tables, the catalog."""
