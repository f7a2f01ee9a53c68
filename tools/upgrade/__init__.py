"""What a change of templates does to what is deployed: the dangers, the rights, and what is interrupted."""
