"""What must change: pure functions of (desired, observed) that return a Plan."""
