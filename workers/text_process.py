"""A process that reads long texts for a chat worker, which starts it and ends it."""

from bootstrap.wiring.text_steps import serve_texts

if __name__ == "__main__":
    serve_texts()
