"""What the pages take from the code, so that it is true by construction."""
