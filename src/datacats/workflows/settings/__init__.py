"""Settings made visible: what is in force, why, and changed where it belongs."""
