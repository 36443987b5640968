"""People: accounts, roles, posts in a prefecture, sign-in at each door."""
