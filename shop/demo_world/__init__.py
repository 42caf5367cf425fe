"""The demo world: invented, plausible data to try the shop with. Started by `seed_demo`."""
