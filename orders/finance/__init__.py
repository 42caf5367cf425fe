"""What finance hears: facts, events, the numbered feed."""
