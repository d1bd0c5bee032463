"""Load by h2load: HTTP/2, and HTTPS connections without resumption, which wrk cannot do.

It cannot see which backend answered: the backends' own counts tell it.
"""

import re
import time

from .load import Load, Request
from .processes import Failure, run_to_end

STREAMS = 16
# Enough to tell how many make a second.
TRIAL_REQUESTS = 256
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}


def trial(request: Request) -> int:
    """How many requests a second the gateway answers, roughly."""
    tried = _h2load(request, [f"-m{STREAMS}", f"-n{TRIAL_REQUESTS}"], "h2")
    return round(tried.requests / tried.seconds)


def run(request: Request, requests: int) -> Load:
    """Closed loop: keeps some streams of each connection busy until all has been answered.

    Not h2load's own limit of time: it leaves behind what is under way, and never ends if a handshake lasts longer.
    """
    return _h2load(request, [f"-m{STREAMS}", f"-n{max(requests, TRIAL_REQUESTS)}"], "h2")


def run_connections(request: Request, seconds: int) -> Load:
    """For that long: opens all connections at once, has one HTTP/1.1 response on each, and begins anew.

    Every one has its full handshake: h2load keeps no session of an earlier connection.
    """
    began = time.monotonic()
    batches = []
    while time.monotonic() < began + seconds:
        batches.append(_h2load(request, ["--h1", f"-n{request.connections}"], "http/1.1"))
    faults = {fault: sum(batch.faults[fault] for batch in batches) for fault in batches[0].faults}
    return Load(sum(batch.requests for batch in batches), time.monotonic() - began, faults)


def _h2load(request: Request, options: list[str], protocol: str) -> Load:
    command = ["h2load", "-t1", f"-c{request.connections}", *options]
    if request.cookie:
        command += ["-H", f"cookie: {request.cookie}"]
    finished = run_to_end(f"h2load of {request.url}", [*command, request.url])
    if finished.returncode != 0:
        raise Failure(f"h2load ended with status {finished.returncode}: {finished.stderr or finished.stdout}")
    return parse(finished.stdout, protocol)


def parse(output: str, protocol: str) -> Load:
    counts = re.search(
        r"finished in (?P<seconds>[\d.]+)(?P<unit>us|ms|s),.*"
        r"requests: .* (?P<done>\d+) done, (?P<succeeded>\d+) succeeded, (?P<failed>\d+) failed, "
        r"(?P<errored>\d+) errored, (?P<timeout>\d+) timeout.*"
        r"status codes: (?P<good>\d+) 2xx, (?P<other>\d+) 3xx, (?P<client>\d+) 4xx, (?P<server>\d+) 5xx",
        output,
        re.DOTALL,
    )
    spoken = re.search(r"^Application protocol: (\S+)", output, re.MULTILINE)
    if counts is None or spoken is None:
        raise Failure(f"h2load printed no counts: {output[-500:]}")
    if spoken[1] != protocol:
        raise Failure(f"h2load was answered by {spoken[1]} (expected: {protocol})")
    number = {name: int(count) for name, count in counts.groupdict().items() if name not in ("seconds", "unit")}
    faults = {
        "failed": number["failed"],
        "errors": number["errored"],
        "timeouts": number["timeout"],
        "status errors": number["other"] + number["client"] + number["server"],
    }
    return Load(number["succeeded"], float(counts["seconds"]) * UNITS[counts["unit"]], faults)
