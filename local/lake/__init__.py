"""The whole lake on the embedded AWS: deployed, fed, run, read."""
