"""How passages are ranked, and an index in memory."""
