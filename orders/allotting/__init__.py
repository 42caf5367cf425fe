"""Who of several suppliers gets which lines, and what stands before them."""
