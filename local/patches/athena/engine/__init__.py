"""The process in which queries run."""
