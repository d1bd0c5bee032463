"""What the command lines have in common."""

import argparse
from collections.abc import Callable, Iterable


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} (expected: a whole number from 1)")
    return int(text)


def some_of(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """Names with commas between them, brought into the order of those that are known."""
    names = tuple(known)

    def chosen(text: str) -> tuple[str, ...]:
        given = text.split(",")
        unknown = [name for name in given if name not in names]
        if unknown:
            raise argparse.ArgumentTypeError(f"{','.join(unknown)} (expected: some of {','.join(names)})")
        return tuple(name for name in names if name in given)

    return chosen


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-port", type=positive, default=21000, help="ports follow this one (default 21000)")
    parser.add_argument("--java", metavar="HOME", help="the Java to run (default: the newest found)")
