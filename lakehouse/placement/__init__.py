"""Which stack holds a dataset, and whether AWS accepts the stacks that follow."""
