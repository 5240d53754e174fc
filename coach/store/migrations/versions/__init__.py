"""The revisions, in order.  A released one is never edited; there is no way back but a copy of the file."""
