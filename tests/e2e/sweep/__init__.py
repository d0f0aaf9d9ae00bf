"""The kill sweep: cut a command off at every request and disk operation, run it again, compare what is there."""
