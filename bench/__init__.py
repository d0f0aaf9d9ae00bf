"""What datacats promises of speed and memory, measured against a floor or a peer in one run."""
