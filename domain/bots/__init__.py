"""Bots, and what their users may reach through them."""
