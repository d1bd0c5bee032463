"""The backends and the gateways before them: how each is configured, started and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import memory
from .processes import Process, Processes, await_answer
from .site import BACKENDS, L4, MANAGEMENT, ROOT, TEMPLATES, Site, make_certificate

# The bodies that backends send besides their name alone, by path.
BODIES = {"10k": 10_000, "1m": 1_000_000}


@dataclass(frozen=True)
class Peer:
    """A gateway that can be measured."""

    title: str
    template: str
    # Compiles itself while it runs, so it needs a warm-up.
    is_java: bool = False
    # The cookie to begin with, for one that inserts none of its own.
    given_cookie: str | None = None

    def configure(self, site: Site, name: str) -> Path:
        """Writes the configuration of a site's setup."""
        raise NotImplementedError

    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        raise NotImplementedError


class HaProxy(Peer):
    def configure(self, site: Site, name: str) -> Path:
        routes = site.directory / "haproxy.routes"
        routes.write_text("".join(f"{path} shop\n" for path in site.setup.route_paths()))
        return site.configuration(
            self.template,
            name,
            tls=" ssl crt @DIRECTORY@/site.pem ssl-min-ver TLSv1.3 alpn h2,http/1.1" if site.setup.tls else "",
            routing=[f"use_backend %[path,map_beg({routes})]"] if site.setup.routes else [],
        )

    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        return ["haproxy", "-db", "-f", str(configuration)]


class Nginx(Peer):
    def configure(self, site: Site, name: str) -> Path:
        return site.configuration(
            self.template,
            name,
            tls=" ssl http2" if site.setup.tls else "",
            routing=[f"location {path} {{ proxy_pass http://$chosen; }}" for path in site.setup.route_paths()],
        )

    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        return nginx_command(site, configuration)


class JavaGateway(Peer):
    """Both are configured by Spring Boot, with the same routes and the same TLS."""

    def configure(self, site: Site, name: str) -> Path:
        return site.configuration(
            self.template,
            name,
            tls=(TEMPLATES / "java-tls.yml").read_text() if site.setup.tls else "",
            routing=[
                # One text, not a list of one: Spring Boot's binder goes through all properties for each list.
                f'- {{ id: "{path}", uri: "lb://shop", predicates: "Path={path}**" }}'
                for path in site.setup.route_paths()
            ],
        )


class StockGateway(JavaGateway):
    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        jar = ROOT / "loadtest" / "stock-gateway" / "target" / "stock-gateway.jar"
        return [
            *site.jvm.command(jar, flags=java_flags),
            f"--spring.config.additional-location=file:{configuration}",
        ]


class Mooring(JavaGateway):
    def command(self, site: Site, configuration: Path, java_flags: tuple[str, ...]) -> list[str]:
        # The launcher's own flags stand, as an operator has them, and these are added; it becomes the JVM, so its
        # process id is the gateway's.
        launcher = str(ROOT / "bin" / "mooring")
        environment = [f"MOORING_JAVA_HOME={site.jvm.home}", f"MOORING_JAVA_OPTS={' '.join(java_flags)}"]
        # Whether somebody has prepared a cache must not show in the figures; launches are measured with and without.
        environment += ["MOORING_AOT_CACHE=off"]
        return ["env", *environment, launcher, "run", "--config", str(configuration)]


def nginx_command(site: Site, configuration: Path) -> list[str]:
    return ["nginx", "-p", str(site.directory), "-e", "stderr", "-c", str(configuration)]


HAPROXY = "haproxy"
NGINX = "nginx"
STOCK = "stock"
MOORING = "mooring"

PEERS: Mapping[str, Peer] = {
    HAPROXY: HaProxy("HAProxy", "haproxy.cfg"),
    NGINX: Nginx("nginx", "nginx.conf"),
    STOCK: StockGateway(
        "stock Spring Cloud Gateway", "stock.yml", is_java=True, given_cookie="sc-lb-instance-id=backend-1"
    ),
    MOORING: Mooring("Mooring", "mooring.yml", is_java=True),
}


def ports(site: Site, names: tuple[str, ...]) -> dict[str, int]:
    """Every port that the backends and these gateways will open, by its use."""
    management = (MANAGEMENT,) if MOORING in names else ()
    l4 = tuple(L4[name] for name in names if name in L4)
    return {use: site.port(use) for use in (*BACKENDS, *names, *management, *l4)}


def start_backends(processes: Processes, site: Site) -> dict[str, Process]:
    """Starts all backends and returns once they answer."""
    started = {}
    for name in BACKENDS:
        root = site.directory / name
        root.mkdir()
        for file, size in BODIES.items():
            (root / file).write_text(f"{name}\n".ljust(size, "."))
        process = processes.start(name, nginx_command(site, site.configuration("backend.conf", name)))
        await_answer(process, site.url(name))
        started[name] = process
    return started


def gc_log(site: Site, name: str) -> Path:
    return site.directory / f"{name}.gc.log"


def start(
    processes: Processes, site: Site, names: tuple[str, ...], java_flags: tuple[str, ...] = ()
) -> dict[str, Process]:
    """Starts gateways side by side and returns once each passes a request on."""
    make_certificate(site.directory)
    started = {}
    for name in names:
        peer = PEERS[name]
        flags = (memory.gc_log_flag(gc_log(site, name)), *java_flags)
        started[name] = processes.start(name, peer.command(site, peer.configure(site, name), flags))
    for name, process in started.items():
        await_answer(process, site.url(name))
    return started
