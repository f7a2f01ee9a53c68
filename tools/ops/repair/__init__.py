"""`lake-ops repair`: finds what a defect touched, and makes exactly that anew."""
