"""Files made of finance events; pure functions from rows to bytes."""
