"""Makes contracts of what others wrote about their data: contracts, schemas and catalogues."""
