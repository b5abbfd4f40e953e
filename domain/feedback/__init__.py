"""What people say about answers, and what is learned from it."""
