"""What to tell people: the agent's own page, the supervisor's digest, their charts and formats.

Values come in, text goes out.  Nothing here reads a store, asks an engine or judges a call.
"""
