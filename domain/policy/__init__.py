"""What an organisation has decided: who may use what, and what may not be asked."""
