"""Data Firehose: buffers, transformation, conversion, errors, under the roles of the stream."""
