"""The steps of learning from feedback."""
