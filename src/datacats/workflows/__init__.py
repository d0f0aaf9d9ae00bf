"""What a user can ask: one verb per file, each a list of steps."""
