"""Who can do what with which table, computed from what is going to be deployed."""
