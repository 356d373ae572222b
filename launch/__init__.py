"""What ./run does before and beside the product: standard library alone, any user."""
