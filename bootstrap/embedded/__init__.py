"""Real servers as child processes of one command: Postgres, Temporal and an S3 store, for one machine."""
