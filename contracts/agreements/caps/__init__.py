"""Caps: their use, warnings, forecast, and the stop of what is full."""
