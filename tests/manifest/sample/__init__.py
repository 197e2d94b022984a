"""A feature as somebody would add it: a package with a manifest, named in one line of the list."""
