"""Objects of JSON lines, as records that can be judged."""
