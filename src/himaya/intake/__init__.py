"""The intake folder; see docs/architecture.md."""
