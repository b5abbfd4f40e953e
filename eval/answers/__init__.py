"""Natural questions over documents, answered by the real turn and judged as a person would: right, partly or wrong."""
