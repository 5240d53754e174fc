"""What to rehearse: role-play cards, the simulated customer, sessions with feedback, and the quiz.

Code owns the customer's state; a model, where one is configured, only speaks.  Nothing here reads or writes the store.
"""
