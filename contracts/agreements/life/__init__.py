"""The life of an agreement, and what is on its shelf."""
