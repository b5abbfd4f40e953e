"""Process entry points of the workers, one module for each task queue."""
