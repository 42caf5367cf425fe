"""What the contracts say to an order, as frozen facts: read in few statements, judged by none."""
