"""The ports made real: the only room that touches the Docker Engine, the file system and the network."""
