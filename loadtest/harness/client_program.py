"""The load clients of our own: one Java program, each client a subcommand of it."""

from pathlib import Path

from .jvm import ALLOWANCES_SINCE_24, Jvm

JAR = Path(__file__).resolve().parents[1] / "clients" / "target" / "clients.jar"


def command(jvm: Jvm, subcommand: str) -> list[str]:
    """To be followed by the options; small and soon at its full speed, so that it leaves the processors to the gateway."""
    return [
        *(str(jvm.home / "bin" / "java"), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        *(ALLOWANCES_SINCE_24 if jvm.major >= 24 else ()),
        *("-jar", str(JAR), subcommand),
    ]
