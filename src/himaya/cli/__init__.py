"""The cli folder; see docs/architecture.md."""
