"""`lake domain`: the domains of a project, each with the paths that belong to it alone."""
