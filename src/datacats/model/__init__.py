"""What things are: frozen values and the two ports; no input or output."""
