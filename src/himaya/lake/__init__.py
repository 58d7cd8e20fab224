"""The lake folder; see docs/architecture.md."""
