"""`lake dashboards`: the dashboards of an environment as pictures."""
