"""Whether a first deployment can work: what services will ask of one another, against the templates."""
