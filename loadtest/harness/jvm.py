"""Which Java runs the gateways, and with which flags; those of Mooring are its launcher's own."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .processes import Failure, Process

OLDEST = 17
# 24 began to warn about what Netty's native transport and buffers do; Mooring's launcher allows it too.
ALLOWANCES_SINCE_24 = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")

# A heap that neither grows nor shrinks.
FIXED_HEAP = ("-Xms512m", "-Xmx512m")
# One that grows as it needs to.
GROWING_HEAP = ("-Xmx512m",)

# Of the JVM that jcmd itself runs on.
SHORT_LIVED = ("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")


@dataclass(frozen=True)
class Jvm:
    """A Java installation."""

    home: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def command(self, jar: Path, *, flags: tuple[str, ...]) -> list[str]:
        """Starts a jar with Mooring's collector, whatever the machine's size."""
        return [
            str(self.home / "bin" / "java"),
            "-XX:+UseG1GC",
            *(ALLOWANCES_SINCE_24 if self.major >= 24 else ()),
            *flags,
            "-jar",
            str(jar),
        ]

    def live_heap(self, process: Process) -> int:
        """Bytes of the objects that a full collection left, whatever the collector."""
        return self._ask(process, "GC.class_histogram", r"^Total\s+\d+\s+(\d+)\s*$")

    def used_heap(self, process: Process) -> int:
        """Bytes of the objects in the heap, live or not; G1's."""
        return self._ask(process, "GC.heap_info", r"garbage-first heap\s.*\bused (\d+)K") * 1024

    def heap_addresses(self, process: Process) -> tuple[int, int]:
        """Where the heap may be: the first address, and the one behind the last; G1's."""
        found = self._found(process, "GC.heap_info", r"garbage-first heap\s.*\[0x([0-9a-f]+), 0x([0-9a-f]+)\)")
        return int(found[1], 16), int(found[2], 16)

    def _ask(self, process: Process, question: str, pattern: str) -> int:
        return int(self._found(process, question, pattern)[1])

    def _found(self, process: Process, question: str, pattern: str) -> re.Match[str]:
        answer = self._jcmd(process, question)
        found = re.search(pattern, answer, re.MULTILINE)
        if found is None:
            raise Failure(f"jcmd {question} told nothing of {process.name}: {answer[:300]}")
        return found

    def _jcmd(self, process: Process, *command: str) -> str:
        try:
            jcmd = subprocess.run(
                [str(self.home / "bin" / "jcmd"), *SHORT_LIVED, str(process.pid), *command],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise Failure(f"{self.home} has no jcmd; say by --java HOME where a JDK is") from error
        return jcmd.stdout + jcmd.stderr


def _installed(home: Path) -> Jvm | None:
    release = home / "release"
    if not (home / "bin" / "java").exists() or not release.exists():
        return None
    version = re.search(r'^JAVA_VERSION="([^"]+)"', release.read_text(), re.MULTILINE)
    return Jvm(home, version[1]) if version else None


def newest() -> Jvm:
    """The newest of JAVA_HOME, the java on the PATH, and those where Linux distributions put them."""
    homes = [Path(home) for home in (os.environ.get("JAVA_HOME"),) if home]
    on_path = shutil.which("java")
    if on_path:
        homes.append(Path(on_path).resolve().parent.parent)
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    found = [jvm for jvm in map(_installed, homes) if jvm and jvm.major >= OLDEST]
    if not found:
        raise Failure(f"No Java {OLDEST} or newer was found; say where one is by --java HOME")
    return max(found, key=lambda jvm: jvm.major)


def at(home: str | None) -> Jvm:
    """The Java there; the newest that is found if nothing is said."""
    if home is None:
        return newest()
    jvm = _installed(Path(home))
    if jvm is None or jvm.major < OLDEST:
        raise Failure(f"--java: {home} (expected: the home of a Java {OLDEST} or newer)")
    return jvm
