"""What all screens share: components, base pages, static files, template tags."""
