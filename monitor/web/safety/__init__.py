"""Who may see the desk, and what no answer of it may do."""
