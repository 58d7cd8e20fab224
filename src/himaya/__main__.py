"""``python -m himaya``: the command, where it does not stand on the path."""

from himaya.cli import main

if __name__ == "__main__":
    main()
