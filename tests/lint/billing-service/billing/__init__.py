"""Bills, and what is told about them."""
