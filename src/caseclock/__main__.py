"""The command line, as `caseclock` and as `python -m caseclock`."""

from caseclock.commands import app


def main() -> None:
    app(prog_name="caseclock")


if __name__ == "__main__":
    main()
