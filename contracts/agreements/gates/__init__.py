"""Gates: the one place that says no, with its registers."""
