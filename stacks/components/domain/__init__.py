"""What a domain and each of its datasets consist of."""
