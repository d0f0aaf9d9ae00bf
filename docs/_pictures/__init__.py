"""The pictures of the documentation, made anew by ``script/pictures``."""
