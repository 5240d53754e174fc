"""What was said: call files in, transcripts and their redacted form out."""
