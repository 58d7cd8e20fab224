"""A whole synthetic fund: people, employers, careers, the files it receives, the truth planted in them."""
