"""What is looked at when something does not work: one file per check, each reading facts and judging them apart."""
