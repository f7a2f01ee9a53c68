"""What resources of each type cost: one module for services that are billed alike."""
