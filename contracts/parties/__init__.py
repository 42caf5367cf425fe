"""Who takes part: organisations, budget entities, schools, people and their memberships."""
