"""What a support person reads in the Temporal UI."""
