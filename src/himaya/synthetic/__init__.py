"""A whole synthetic fund: its people, employers and careers, the files it receives, and the truth planted in them."""
