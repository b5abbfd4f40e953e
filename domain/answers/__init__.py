"""What an answer is, and how one is composed from passages."""
