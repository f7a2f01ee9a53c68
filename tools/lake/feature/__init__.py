"""`lake feature`: the optional systems of this project, and where they are on."""
