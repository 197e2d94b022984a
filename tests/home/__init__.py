"""Landing page, home and map."""
