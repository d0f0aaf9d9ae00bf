"""Running pieces of the scripts in a shell of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "script"


def bash(code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in bash with further process variables; both outputs come back as text, one after the other."""
    return subprocess.run(
        ["bash", "-c", code, "bash", *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def setup(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code that knows the functions of ``script/setup`` and may replace some of them."""
    return bash(f"source {SCRIPT / 'setup'}\n{code}", **{"PYTHON": sys.executable, **variables})
