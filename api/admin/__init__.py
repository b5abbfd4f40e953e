"""What administrators read and set."""
