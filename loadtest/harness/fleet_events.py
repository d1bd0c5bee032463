"""A fleet of backends, and what happens to it in two minutes."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .fleet_timing import (
    FALL,
    INTERVAL_SECONDS,
    KNOWN_TO_BE_BACK_SECONDS,
    RESPONSE_TIMEOUT_SECONDS,
    RISE,
    TIMEOUT_SECONDS,
)
from .fleet_verdict import DRAINED, HUNG, KILLED, Outage
from .peers import MOORING
from .processes import Failure, Process, Processes, await_answer
from .site import L4, MANAGEMENT, Site

MEMBERS = ("backend-1", "backend-2", "backend-3", "backend-4")
NEWCOMER = "backend-5"
APPLIED = "the configuration was read again (SIGHUP), and is in force"
REFUSED = "the configuration was read again (SIGHUP) and refused"
RELOADED_WITHIN_SECONDS = 20


@dataclass
class Happened:
    """An event, and when it was begun and done, in seconds since the clients began."""

    what: str
    began: float
    ended: float = 0.0


@dataclass
class Fleet:
    """The gateway's configuration, and the backends that run."""

    site: Site
    processes: Processes
    now: Callable[[], float] = lambda: 0.0
    weights: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEMBERS, 10))
    idle_seconds: int = 1000
    outages: list[Outage] = field(default_factory=list)
    reloads: int = 0
    # The gateway, once it runs.
    gateway: Process | None = None
    _running: dict[str, Process] = field(default_factory=dict)

    @property
    def configuration(self) -> Path:
        """Where it is written."""
        return self.site.directory / "fleet.yml"

    def start_backends(self) -> None:
        for name in (*MEMBERS, NEWCOMER):
            self.start(name)

    def start(self, name: str) -> None:
        port = self._port(name)
        command = [sys.executable, "-m", "harness.fleet_backend", name, str(port)]
        self._running[name] = self.processes.start(f"{name}-{len(self.outages)}", command)
        await_answer(self._running[name], f"http://127.0.0.1:{port}")

    def kill(self, name: str) -> None:
        self._begin(name, KILLED)
        self._signal(name, signal.SIGKILL)

    def restart(self, name: str) -> None:
        self.start(name)
        self._end(name)

    def hang(self, name: str) -> None:
        self._begin(name, HUNG)
        self._signal(name, signal.SIGSTOP)

    def wake(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)
        self._end(name)

    def weigh(self, name: str, weight: int) -> None:
        self.weights[name] = weight
        self.reload()

    def drain(self, name: str) -> None:
        self.weigh(name, 0)
        self._begin(name, DRAINED)

    def end_drain(self, name: str) -> None:
        self.outages[-1].ended = self.now()
        self.weigh(name, 10)

    def remove(self, name: str) -> None:
        self._begin(name, "removed")
        del self.weights[name]
        self.reload()

    def add(self, name: str) -> None:
        self.weights[name] = 10
        self.reload()
        if any(outage.backend == name for outage in self.outages):
            self._end(name)

    def shorten_idle_timeout(self) -> None:
        self.idle_seconds -= 1
        self.reload()

    def spoil_and_mend(self) -> None:
        """A configuration that is wrong, which has to be refused, and then the good one."""
        before = self.weights["backend-1"]
        self.weights["backend-1"] = 101
        self._have_read(REFUSED)
        self.weights["backend-1"] = before
        self.write()

    def reload(self) -> None:
        self._have_read(APPLIED)
        self.reloads += 1

    def write(self) -> None:
        """The whole configuration, which the gateway finds whole or not at all."""
        fresh = self.configuration.with_suffix(".new")
        fresh.write_text(self._yaml())
        fresh.replace(self.configuration)

    def _have_read(self, expected: str) -> None:
        assert self.gateway is not None
        before = self._said(expected)
        self.write()
        os.kill(self.gateway.pid, signal.SIGHUP)
        deadline = time.monotonic() + RELOADED_WITHIN_SECONDS
        while self._said(expected) == before:
            self.gateway.check_running()
            if time.monotonic() > deadline:
                raise Failure(f"Mooring did not say within {RELOADED_WITHIN_SECONDS} s that {expected!r}")
            time.sleep(0.01)

    def _said(self, text: str) -> int:
        assert self.gateway is not None
        return self.gateway.log.read_text(errors="replace").count(text)

    def _begin(self, name: str, why: str) -> None:
        self.outages.append(Outage(name, why, self.now()))

    def _end(self, name: str) -> None:
        outage = next(outage for outage in reversed(self.outages) if outage.backend == name)
        outage.ended = self.now() + KNOWN_TO_BE_BACK_SECONDS

    def _signal(self, name: str, number: int) -> None:
        os.kill(self._running[name].pid, number)

    def ports(self) -> dict[str, int]:
        """Those of the backends, by name: beside the ports of comparisons."""
        return {name: self._port(name) for name in (*MEMBERS, NEWCOMER)}

    def _port(self, name: str) -> int:
        return self.site.base_port + 50 + int(name.rpartition("-")[2])

    def _yaml(self) -> str:
        backends = "".join(
            f'        {name}: {{ address: "127.0.0.1:{self._port(name)}", weight: {weight} }}\n'
            for name, weight in self.weights.items()
        )
        return f"""\
server: {{ port: {self.site.port(MOORING)}, address: 127.0.0.1 }}
management: {{ server: {{ port: {self.site.port(MANAGEMENT)} }} }}
mooring:
  data-dir: {self.site.directory}/data
  # Read again when it is told to, so that the report knows when.
  reload: {{ interval: 0s }}
  upstreams:
    shop:
      persistence: {{ type: cookie, idle-timeout: {self.idle_seconds}s }}
      health-check:
        type: http
        path: /healthz
        interval: {INTERVAL_SECONDS}s
        timeout: {TIMEOUT_SECONDS}s
        rise: {RISE}
        fall: {FALL}
      backends:
{backends}
  listeners:
    tcp:
      protocol: tcp
      address: 127.0.0.1
      port: {self.site.port(L4[MOORING])}
      upstream: shop
      persistence: {{ type: source-ip, idle-timeout: {self.idle_seconds}s }}
spring.cloud.gateway.server.webflux:
  httpclient: {{ response-timeout: {RESPONSE_TIMEOUT_SECONDS}s }}
  routes:
    - {{ id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }}
logging.level: {{ mooring.access: "off" }}
"""


def events(fleet: Fleet) -> Iterator[tuple[float, str, Callable[[], None]]]:
    """What happens, when in parts of the whole time, and how it is done. Twenty of them change the configuration."""
    script: list[tuple[float, str, Callable[[], None]]] = [
        (4, "backend-1 gets twice the weight", lambda: fleet.weigh("backend-1", 20)),
        (8, "backend-1 is killed", lambda: fleet.kill("backend-1")),
        (18, "backend-1 is started again", lambda: fleet.restart("backend-1")),
        (24, "backend-2 is drained (weight 0)", lambda: fleet.drain("backend-2")),
        (30, "backend-2 takes new clients again", lambda: fleet.end_drain("backend-2")),
        (34, "backend-3 hangs", lambda: fleet.hang("backend-3")),
        (57, "backend-3 wakes up", lambda: fleet.wake("backend-3")),
        (52, "backend-5 is added", lambda: fleet.add(NEWCOMER)),
        (60, "backend-4 is removed", lambda: fleet.remove("backend-4")),
        (68, "a wrong configuration is refused", fleet.spoil_and_mend),
        (74, "backend-4 is added again", lambda: fleet.add("backend-4")),
        (82, "backend-5 is killed", lambda: fleet.kill(NEWCOMER)),
        (83, "backend-5 is started again", lambda: fleet.restart(NEWCOMER)),
        (96, "backend-2 is removed", lambda: fleet.remove("backend-2")),
        (104, "backend-3 is killed", lambda: fleet.kill("backend-3")),
    ]
    shorter = (2, 12, 21, 27, 40, 50, 56, 64, 71, 78, 88, 100, 112)
    script += [(second, "the idle timeouts are shortened", fleet.shorten_idle_timeout) for second in shorter]
    for second, what, action in sorted(script, key=lambda event: event[0]):
        yield second / 120, what, action
