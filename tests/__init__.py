"""Tests are a package of their own: some installed packages bring one with the same name."""
