"""The only users of the Temporal client in the API: every call typed and bounded in time."""
