"""What one API process keeps in memory from request to request."""
