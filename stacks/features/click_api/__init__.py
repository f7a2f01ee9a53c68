"""An HTTP API in front of a stream."""
