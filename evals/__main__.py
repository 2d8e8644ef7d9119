"""`python -m evals` is the same as the console script."""

from evals.cli import main

main()
