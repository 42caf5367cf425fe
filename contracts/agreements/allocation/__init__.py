"""Who gets the call-off: turns, allotment, successors."""
