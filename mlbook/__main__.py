"""``python -m mlbook`` is the command line ``mlbook``, for where scripts are not on the path."""

from mlbook.lessons.cli import main

if __name__ == "__main__":
    main(prog_name="mlbook")
