"""What a dataset is: frozen values, built from contracts and read by everything downstream."""
