"""Words and letters of any text: folded, split, stemmed, written canonically."""
