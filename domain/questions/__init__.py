"""What a message asks, and where its answer is looked for."""
