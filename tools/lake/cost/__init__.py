"""What an environment costs in a month: its templates, the contracts' volumes, AWS's prices."""
