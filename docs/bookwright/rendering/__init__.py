"""The only place where results become HTML."""
