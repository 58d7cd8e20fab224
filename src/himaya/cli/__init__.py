"""The ``himaya`` command."""


def main() -> None:
    """Entry point; the commands are imported here, so that importing the package costs nothing."""
    try:
        from himaya.cli.app import main as command

        command()
    except KeyboardInterrupt:  # while modules are still being imported
        raise SystemExit(130) from None
