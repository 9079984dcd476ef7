"""Pages: one file for each thing that the menu names."""
