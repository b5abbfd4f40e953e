"""The client side of Answerable, and the types that packs are described with."""
