"""Networks: who is inside, and how services are reached from there."""
