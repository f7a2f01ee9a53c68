"""Parts of `local.generated_data`: values, faults and encodings for any dataset, from its model alone."""
