"""What is on disk: environment file, data directory, secrets, host facts, to the model and back."""
