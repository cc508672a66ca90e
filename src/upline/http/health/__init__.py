"""Whether the platform lives, is ready, and what it measures."""
