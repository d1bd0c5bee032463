"""The backends and the gateways before them: how each is configured, started and named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .jvm import Jvm
from .processes import Process, Processes, await_answer

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "loadtest" / "peers"

BACKENDS = ("backend-1", "backend-2", "backend-3")


@dataclass(frozen=True)
class Site:
    """Where a run takes place: its ports, counted from a base, its directory, its Java."""

    base_port: int
    directory: Path
    jvm: Jvm
    heap: str = "512m"

    def port(self, use: str) -> int:
        return self.base_port + 1 + (*BACKENDS, *PEERS, MANAGEMENT).index(use)

    def url(self, use: str) -> str:
        return f"http://127.0.0.1:{self.port(use)}"

    def configuration(self, template: str, name: str) -> Path:
        """Writes a template with this site's values in it, named for what it configures, and returns its path."""
        values = {
            "NAME": name,
            "PORT": self.port(name),
            "MANAGEMENT": self.port(MANAGEMENT),
            "DIRECTORY": self.directory,
            **{backend.upper().replace("-", "_"): self.port(backend) for backend in BACKENDS},
        }
        source = TEMPLATES / template
        target = self.directory / f"{name}{source.suffix}"
        target.write_text(re.sub("@([A-Z_0-9]+)@", lambda match: str(values[match[1]]), source.read_text()))
        return target


@dataclass(frozen=True)
class Peer:
    """A gateway that can be measured."""

    title: str
    template: str
    # Compiles itself while it runs, so it needs a warm-up.
    is_java: bool = False
    # The cookie to begin with, for one that inserts none of its own.
    given_cookie: str | None = None

    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        raise NotImplementedError


class HaProxy(Peer):
    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        return ["haproxy", "-db", "-f", str(configuration)]


class Nginx(Peer):
    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        return nginx_command(site, configuration)


class StockGateway(Peer):
    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        jar = ROOT / "loadtest" / "stock-gateway" / "target" / "stock-gateway.jar"
        return [
            *site.jvm.command(jar, heap=site.heap, flags=java_flags),
            f"--spring.config.additional-location=file:{configuration}",
        ]


class Mooring(Peer):
    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        jar = ROOT / "gateway-app" / "target" / "mooring.jar"
        return [
            *site.jvm.command(jar, heap=site.heap, flags=java_flags),
            "run",
            "--config",
            str(configuration),
        ]


def nginx_command(site: Site, configuration: Path) -> list[str]:
    return ["nginx", "-p", str(site.directory), "-e", "stderr", "-c", str(configuration)]


HAPROXY = "haproxy"
NGINX = "nginx"
MOORING = "mooring"
MANAGEMENT = "mooring's management"

PEERS: Mapping[str, Peer] = {
    HAPROXY: HaProxy("HAProxy", "haproxy.cfg"),
    NGINX: Nginx("nginx", "nginx.conf"),
    "stock": StockGateway(
        "stock Spring Cloud Gateway", "stock.yml", is_java=True, given_cookie="sc-lb-instance-id=backend-1"
    ),
    MOORING: Mooring("Mooring", "mooring.yml", is_java=True),
}


def ports(site: Site, names: tuple[str, ...]) -> dict[str, int]:
    """Every port that the backends and these gateways will open, by its use."""
    management = (MANAGEMENT,) if MOORING in names else ()
    return {use: site.port(use) for use in (*BACKENDS, *names, *management)}


def start_backends(processes: Processes, site: Site) -> list[Process]:
    """Starts all backends and returns once they answer."""
    started = []
    for name in BACKENDS:
        process = processes.start(name, nginx_command(site, site.configuration("backend.conf", name)))
        await_answer(process, site.url(name))
        started.append(process)
    return started


def start(processes: Processes, site: Site, name: str, java_flags: tuple[str, ...] = ()) -> Process:
    """Starts a gateway and returns once it passes a request on."""
    peer = PEERS[name]
    process = processes.start(name, peer.command(site, site.configuration(peer.template, name), java_flags))
    await_answer(process, site.url(name))
    return process
