"""The durable steps of workflows. Dependencies arrive by constructor; no client library is imported here."""
