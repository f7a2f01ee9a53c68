"""Who reads what of which table, from the policy and the contracts."""
