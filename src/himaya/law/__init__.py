"""The law folder; see docs/architecture.md."""
