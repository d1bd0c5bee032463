"""Where gateways run: their ports, their files, and what is set up before them."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .jvm import Jvm
from .processes import Failure

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "loadtest" / "peers"

BACKENDS = ("backend-1", "backend-2", "backend-3")
GATEWAYS = ("haproxy", "nginx", "stock", "mooring")
MANAGEMENT = "mooring's management"
# The TCP and UDP listeners of a gateway share one number.
L4 = {name: f"{name}'s TCP and UDP listeners" for name in GATEWAYS if name != "stock"}
PORTS = (*BACKENDS, *GATEWAYS, MANAGEMENT, *L4.values())


@dataclass(frozen=True)
class Setup:
    """One way to set all gateways up. Java gateways can have one HTTP listener only, so TLS is a setup of its own."""

    name: str
    tls: bool = False
    # Beside the route that takes every path, and before it.
    routes: int = 0
    # Whether HAProxy may have the kernel move TCP payload, which then never comes into its memory.
    splice: bool = False

    def route_paths(self) -> list[str]:
        return [f"/route-{number}/" for number in range(1, self.routes + 1)]


@dataclass(frozen=True)
class Site:
    """A directory with one setup's files and logs, the ports counted from a base, and the Java."""

    base_port: int
    directory: Path
    jvm: Jvm
    setup: Setup = Setup("plain")

    def of(self, setup: Setup) -> "Site":
        """A directory of its own for another setup, on the same ports: one after the other."""
        directory = self.directory / setup.name
        directory.mkdir()
        return replace(self, setup=setup, directory=directory)

    def port(self, use: str) -> int:
        return self.base_port + 1 + PORTS.index(use)

    def url(self, use: str) -> str:
        """Where HTTP is spoken to a backend, to a gateway, or through a gateway's TCP listener."""
        scheme = "https" if self.setup.tls and use in GATEWAYS else "http"
        return f"{scheme}://127.0.0.1:{self.port(use)}"

    def configuration(self, template: str, name: str, *, tls: str = "", routing: Sequence[str] = ()) -> Path:
        """Writes a template with this site's values in it, named for what it configures, and returns its path.

        A line that is nothing but @ROUTING@ becomes the lines given; they and the text for @TLS@ may have values, too.
        """
        values: Mapping[str, object] = {
            "NAME": name,
            "PORT": self.port(name),
            "L4_PORT": self.port(L4[name]) if name in L4 else "none",
            "MANAGEMENT": self.port(MANAGEMENT),
            "DIRECTORY": self.directory,
            "SPLICE": "option splice-auto" if self.setup.splice else "",
            "STREAM_MODULE": _stream_module(),
            **{backend.upper().replace("-", "_"): self.port(backend) for backend in BACKENDS},
        }
        source = TEMPLATES / template
        text = re.sub(
            r"^( *)@ROUTING@\n",
            lambda match: "".join(f"{match[1]}{line}\n" for line in routing),
            source.read_text().replace("@TLS@", tls),
            flags=re.MULTILINE,
        )
        target = self.directory / f"{name}{source.suffix}"
        target.write_text(re.sub("@([A-Z_0-9]+)@", lambda match: str(values[match[1]]), text))
        return target


def _stream_module() -> str:
    """The line that loads nginx's stream module, where it is not built in."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if nginx is None:
        return ""
    options = subprocess.run([nginx, "-V"], capture_output=True, text=True, check=False).stderr
    modules = re.search(r"--modules-path=(\S+)", options)
    if modules is None or "--with-stream=dynamic" not in options:
        return ""
    return f"load_module {modules[1]}/ngx_stream_module.so;"


def make_certificate(directory: Path) -> None:
    """A self-signed ECDSA P-256 certificate: site.crt and site.key, and both in site.pem."""
    certificate, key = directory / "site.crt", directory / "site.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "7"]
    made = subprocess.run(
        [*command, "-keyout", str(key), "-out", str(certificate)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise Failure(f"openssl made no certificate: {made.stderr}")
    (directory / "site.pem").write_text(certificate.read_text() + key.read_text())
