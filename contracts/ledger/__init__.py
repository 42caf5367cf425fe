"""Limit accounts and their append-only entries: one mechanism for caps, quotas and budgets.

Outsiders use `contracts.ledger.movements`, `.replay`, `.errors` and read `.models`.
"""
