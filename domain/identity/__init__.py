"""Who asks: tenants, principals, API keys, signed requests."""
