"""The law of each country: rules (``.py``) beside their dated parameters (``.yaml``), by branch of law."""
