"""Issued call-offs: placed, confirmed, refused, received, taken back; and their prices."""
