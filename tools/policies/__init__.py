"""Whether IAM allows a request, by the policies that templates hold."""
