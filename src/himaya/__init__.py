"""Himaya: from received files to explained rights."""
