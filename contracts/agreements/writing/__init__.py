"""Writing an agreement down and changing what may be changed."""
