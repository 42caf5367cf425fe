"""Work that beat repeats: many small items, none of which holds up another."""
