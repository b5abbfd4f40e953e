"""Questions, their turns and conversations, audits and feedback."""
