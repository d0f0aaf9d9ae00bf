"""How datacats is typed and shown: one file per command, and render."""
