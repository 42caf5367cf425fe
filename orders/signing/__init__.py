"""Who has to sign, and who may: policies, steps, substitutes."""
