"""A second demonstration pack, for holders of the role ``staff`` alone: the handbook of Northwind Relay's staff."""
