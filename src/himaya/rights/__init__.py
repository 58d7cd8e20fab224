"""The rights folder; see docs/architecture.md."""
