"""An invented country, so that tests of the engine never depend on a real one's numbers."""
