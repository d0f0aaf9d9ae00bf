"""The entry point: answers what needs no import at once, and leaves the rest to the command line."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
"""For type checkers, who take it for true; importing ``typing`` would cost more than all else here."""

if TYPE_CHECKING:
    from types import TracebackType

_INTERRUPTED = 130
_DEFECT = "This is a defect of datacats, not of what you did. Nothing is lost: run it again, and report these lines."


def main() -> None:
    """Run datacats on the process's arguments and exit with the documented status."""
    sys.excepthook = _tell_defect
    try:
        _main()
    except KeyboardInterrupt:  # before the command line was there to say anything; nothing is done yet
        sys.exit(_INTERRUPTED)


def _tell_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell an exception that nobody foresaw: the traceback, and whose fault it is."""
    sys.__excepthook__(kind, error, trace)
    if sys.stderr is not None:
        sys.stderr.write(f"{_DEFECT}\n")


def _main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]) and _is_told_the_version():
        return
    if "_DATACATS_COMPLETE" in os.environ:
        from datacats.cli.complete import answer  # noqa: PLC0415 - a key press should not wait for what commands need

        sys.stdout.write(answer())
        return
    # Importing click takes longer than all of the above.
    from datacats.cli.main import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:]))


def _is_told_the_version() -> bool:
    """Tell the version where the output takes it; where not, the command line knows what to say of that."""
    from datacats.version import VERSION  # noqa: PLC0415 - nothing more is needed

    if sys.stdout is None:
        return False
    try:
        sys.stdout.write(f"datacats {VERSION}\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
