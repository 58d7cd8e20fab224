"""Figures beside their peers: ``make bench``."""
