"""What answers over HTTP beside the screens."""
