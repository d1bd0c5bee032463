"""What is asked of each gateway. A scenario is data; compare.py runs whichever are listed here."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """A request that one client repeats on all its connections."""

    title: str
    path: str


SCENARIOS: Mapping[str, Scenario] = {
    "small-get": Scenario("Small GET with a valid cookie, keep-alive on both sides", "/"),
}
