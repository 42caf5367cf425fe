"""Prices: quotes, changes, the register of modifications, history."""
