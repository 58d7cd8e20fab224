"""The ``himaya`` command."""


def main() -> None:
    """Entry point; the commands are imported here, so that importing the package costs nothing."""
    from himaya.cli.app import main as command

    command()
