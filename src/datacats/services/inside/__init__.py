"""Programs of ours that are sent to a container as they are."""
