"""What the command lines have in common."""

import argparse


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} (expected: a whole number from 1)")
    return int(text)


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-port", type=positive, default=21000, help="ports follow this one (default 21000)")
    parser.add_argument("--java", metavar="HOME", help="the Java to run (default: the newest found)")
