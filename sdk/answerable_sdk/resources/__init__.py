"""What the API knows, one module for each noun: its data, its requests and its methods."""
