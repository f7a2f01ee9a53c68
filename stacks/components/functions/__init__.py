"""Lambda functions and the layer of their libraries."""
