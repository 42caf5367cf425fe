"""The Bedarfskorb and what fills it."""
