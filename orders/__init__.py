"""Who asked, who released, which money is bound, what was ordered and exported."""
