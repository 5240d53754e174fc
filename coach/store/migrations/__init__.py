"""How the tables came to be: one file a revision under `versions/`, run by Alembic inside `open_store`."""
