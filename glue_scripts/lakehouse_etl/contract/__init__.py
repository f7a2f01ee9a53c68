"""What a job is told: the manifest of a domain, as frozen values."""
