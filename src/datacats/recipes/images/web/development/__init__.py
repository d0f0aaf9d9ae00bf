"""The development server of the web image. It imports nothing of datacats: it lives in the container."""
