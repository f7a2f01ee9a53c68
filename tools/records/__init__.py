"""Records of any dataset, made from its contract alone: values, faults and encodings."""
