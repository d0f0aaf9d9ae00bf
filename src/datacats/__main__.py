"""The entry point: answers what needs no import at once, and leaves the rest to the command line."""

from __future__ import annotations

import os
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run datacats on the process's arguments and exit with the documented status."""
    try:
        _main()
    except KeyboardInterrupt:  # before the command line was there to say anything; nothing is done yet
        sys.exit(_INTERRUPTED)


def _main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        from datacats.version import VERSION  # noqa: PLC0415 - nothing more is needed

        sys.stdout.write(f"datacats {VERSION}\n")
        return
    if "_DATACATS_COMPLETE" in os.environ:
        from datacats.cli.complete import answer  # noqa: PLC0415 - a key press should not wait for what commands need

        sys.stdout.write(answer())
        return
    from datacats.cli.main import run  # noqa: PLC0415 - importing click takes longer than all of the above

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
