"""The only overrides of Oscar; docs/oscar.md lists each with its upstream file."""
