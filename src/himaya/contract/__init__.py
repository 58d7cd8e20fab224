"""The contract folder; see docs/architecture.md."""
