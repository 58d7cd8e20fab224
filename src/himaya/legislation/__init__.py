"""The legislation folder; see docs/architecture.md."""
