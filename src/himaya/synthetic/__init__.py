"""The synthetic folder; see docs/architecture.md."""
