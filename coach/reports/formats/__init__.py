"""One module a format: a report goes in, text in that format comes out."""
