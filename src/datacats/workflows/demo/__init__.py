"""Demo data: a catalogue that looks like a real one, made by a generator, always the same."""
