"""The embedded AWS that runs the lake on one machine: launcher, TLS, Spark runtime, sample data, demo."""
