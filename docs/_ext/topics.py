"""What ``datacats help TOPIC`` prints."""

from __future__ import annotations

from collections.abc import Iterator

from datacats.cli.topics import TOPICS


def reference() -> Iterator[str]:
    """A section for each topic, in the words of the command."""
    for name, topic in TOPICS.items():
        yield from ("", f"## {topic.title}", "", f"`datacats help {name}`", "", "```text")
        yield from topic.text().rstrip().splitlines()
        yield "```"
