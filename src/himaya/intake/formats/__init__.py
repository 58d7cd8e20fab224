"""Formats: what the lines of a delivery mean. Each knows bytes and contracts, none knows storage."""
