"""`lake-ops erase`: takes one person out of a lake, from bronze to what was made of it."""
