"""SQS: batches and moves of messages."""
