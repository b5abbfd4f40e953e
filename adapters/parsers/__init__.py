"""From bytes to text with structure, one module a format, none of them needing the network."""
