"""Where data lies and under which names: prefixes, streams, retention, files of changes."""
