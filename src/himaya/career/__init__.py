"""The career folder; see docs/architecture.md."""
