"""`python -m coach` is `coach`."""

from coach.cli import main

if __name__ == "__main__":  # the processes that write pages import the main module as well
    main()
