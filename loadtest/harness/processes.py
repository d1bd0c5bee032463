"""Starts processes, waits until they answer, and ends by its id each that was started, whatever happens."""

import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from . import cpu

READY_WITHIN_SECONDS = 300
# A gateway may need this long for its first request: stock and Mooring make their routes then.
ANSWER_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 15
CLIENT_ENDED_WITHIN_SECONDS = 60

# The one met here was made for this run.
ANY_CERTIFICATE = ssl.create_default_context()
ANY_CERTIFICATE.check_hostname = False
ANY_CERTIFICATE.verify_mode = ssl.CERT_NONE


BEGAN = time.monotonic()


class Failure(Exception):
    """Something that the person at the terminal has to know, in one message, without a stack trace."""


def say(text: str) -> None:
    """Progress and complaints, with the seconds since the start; standard output is for results."""
    print(f"{time.monotonic() - BEGAN:4.0f} s  {text}", file=sys.stderr, flush=True)


class Process:
    """A running program and its children; everything it prints goes to its log."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            # A session of its own, so that Ctrl-C reaches it through us alone; should we be killed, it ends.
            self._popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def cpu(self) -> cpu.CpuTime:
        return cpu.of_tree(self.pid)

    def check_running(self) -> None:
        status = self._popen.poll()
        if status is not None:
            last_lines = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise Failure(f"{self.name} ended by itself (status {status}). The end of {self.log}:\n{last_lines}")

    def wait(self, timeout_seconds: float) -> int | None:
        """The exit status, or nothing if it still runs after that time."""
        try:
            return self._popen.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        self._popen.terminate()
        if self.wait(STOPPED_WITHIN_SECONDS) is None:
            self._popen.kill()
            self._popen.wait()


def run_to_end(name: str, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs a load client that ends by itself, and returns what it printed; its status is for the caller to judge."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=CLIENT_ENDED_WITHIN_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{name} had not ended after {CLIENT_ENDED_WITHIN_SECONDS} s") from error


class Processes:
    """Owns the processes started through it, and on exit ends them, the last one first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._started: list[Process] = []
        self._handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def __enter__(self) -> "Processes":
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda number, _frame: sys.exit(128 + number))
        return self

    def __exit__(self, _type: type | None, _value: BaseException | None, _trace: TracebackType | None) -> None:
        # An impatient second Ctrl-C must not leave anything running.
        for name in self._handlers:
            signal.signal(name, signal.SIG_IGN)
        for process in reversed(self._started):
            process.stop()
        for name, handler in self._handlers.items():
            signal.signal(name, handler)

    def start(self, name: str, command: Sequence[str]) -> Process:
        process = Process(name, command, self._directory / f"{name}.log")
        self._started.append(process)
        return process


def check_ports_free(ports: Mapping[str, int]) -> None:
    """Ports by what they are for. Names every one that is taken."""
    taken = []
    for use, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(f"{port} (for {use})")
    if taken:
        ports_taken = ", port ".join(taken)
        raise Failure(
            f"Taken on 127.0.0.1: port {ports_taken}. End what listens there, or choose others by --base-port."
        )


def await_answer(process: Process, url: str) -> None:
    """Returns once the URL answers 200."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    last = "nothing"
    while time.monotonic() < deadline:
        process.check_running()
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_WITHIN_SECONDS, context=ANY_CERTIFICATE):
                return
        except urllib.error.HTTPError as error:
            last = f"status {error.code}"
        except OSError as error:
            last = str(error)
        time.sleep(0.1)
    raise Failure(f"{process.name} did not answer on {url} in {READY_WITHIN_SECONDS} s ({last}); see {process.log}")


def allow_many_files() -> None:
    """Raises the limit of open files to what the system allows; the children inherit it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def conclude(command: str, run: Callable[[], Path]) -> int:
    """Runs a command to its end and says where its results are, or what was wrong; gives its exit status."""
    try:
        say(f"Written to {run()}")
    except Failure as failure:
        say(f"{command}: {failure}")
        return 1
    except KeyboardInterrupt:
        say(f"{command}: interrupted; everything it started has ended")
        return 130
    return 0
