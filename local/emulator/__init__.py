"""The embedded AWS: its process, TLS, keys, Spark runtime."""
