"""Documents that the tests of workflows ingest and ask about."""

KEYS = """# Rotate an API key

How to rotate an API key without downtime.

1. Open Settings and choose API keys.
2. Press Rotate next to the API key.
3. Copy the new API key into your application.
4. Revoke the old API key after a day.
"""

KEYS_REVISED = KEYS.replace("after a day", "after a week")

ROTATE = "How do I rotate an API key?"
