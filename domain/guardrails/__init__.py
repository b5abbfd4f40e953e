"""What is kept out of answers and away from the assistant: personal data, secrets, small counts, injected orders."""
