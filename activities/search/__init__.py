"""From a question to passages that the asker may see, for turns and searches."""
