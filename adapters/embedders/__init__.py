"""From text to normalised vectors."""
