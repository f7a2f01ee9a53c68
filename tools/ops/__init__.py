"""The `lake-ops` command line: acts on a deployed lake when an alarm says so."""
