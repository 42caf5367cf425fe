"""Framework agreements: what may be bought, by whom, at which price, up to which cap."""
