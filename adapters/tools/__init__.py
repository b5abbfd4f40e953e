"""Tools of packs: found, checked and called, each through the connector that its manifest names."""
