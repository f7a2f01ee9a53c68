"""The operations of Lake Formation's API, by what they are about."""
