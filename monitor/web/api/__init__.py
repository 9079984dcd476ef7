"""What programs read: the same as the pages, as JSON."""
