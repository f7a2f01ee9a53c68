"""How soon an object is in silver, in a lake that is deployed for that."""
