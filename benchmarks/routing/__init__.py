"""What routing loses while it learns: regret of every policy in worlds that stay, fall, rise, decay, break and swap."""
