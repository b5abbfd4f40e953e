"""Measures the product on judged data. Run from a checkout; nothing imports it."""
