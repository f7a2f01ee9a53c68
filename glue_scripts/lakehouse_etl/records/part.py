"""Names of the columns in which records come with their verdict."""

SOURCE, HASH, RESCUED = "_source_object", "_record_hash", "_rescued"
"""System columns of silver tables."""

NUMBER, RAW, SHAPE, FAULT, RANK = "__number", "__raw", "__shape", "__fault", "__rank"
"""Working columns; contracts name no column with two leading underscores. The number is the position of a
record in its object, from 1; fault, raw text and shape of a good record are null."""
