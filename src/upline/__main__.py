"""`python -m upline`: the command line, where the script `upline` is not on the path."""

from upline.cli.main import main

main(prog_name="upline")
