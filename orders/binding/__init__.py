"""What a requisition binds: caps, quotas and budgets."""
