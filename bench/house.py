"""A whole house in a folder of its own, started and stopped as operators do it, and what it costs meanwhile."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

HOST = "127.0.0.1"
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A process group that answers on `port`; `took` is how long it needed to answer first."""

    def __init__(self, command: list[str], port: int, environ: dict[str, str] | None = None) -> None:
        self.port = port
        start = monotonic()
        self._process = subprocess.Popen(
            command, env={**os.environ, **(environ or {})}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not _answers(port):
            if self._process.poll() is not None or monotonic() - start > 30:
                self.stop()
                raise RuntimeError(f"{' '.join(command)} does not answer.")
            sleep(0.005)
        self.took = monotonic() - start

    @property
    def cpu(self) -> float:
        """Seconds of both cores' time used until now."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """Megabytes that would be free without it."""
        lines = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024

    def kill(self) -> None:
        """As a power cut would: nobody gets to say goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        self._process.wait(timeout=30)


class House:
    """`pwa init` in `folder`, and servers of any role on top of it."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.port = free_port()
        url = f"http://{HOST}:{self.port}"
        self.environ = {
            "PWA_DATA_DIR": str(folder), "PWA_PORT": str(self.port), "PWA_PUBLIC_URL": url, "PWA_OFFICE_URL": url,
            "PWA_DATABASE_URL": database_url or f"sqlite:///{folder / 'saling-sapa.db'}",
        }  # fmt: skip
        subprocess.run(
            [*_PWA, "init"], env={**os.environ, **self.environ}, check=True, stdout=subprocess.DEVNULL
        )

    def serve(self, role: str = "public") -> Server:
        return Server([*_PWA, "serve"], self.port, {**self.environ, "PWA_ROLE": role})

    @property
    def settings(self):
        from pwa.settings import Settings

        return Settings.from_environ(self.environ)


_PWA = [sys.executable, "-c", "from pwa.cli import main; main()"]


@contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


def bare() -> Server:
    """The same web server, before the smallest app there is."""
    port = free_port()
    return Server([sys.executable, "-m", "bench.bare", str(port)], port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1) as caller:
            caller.settimeout(10)
            caller.sendall(
                b"GET / HTTP/1.1\r\nHost: " + f"{HOST}:{port}".encode() + b"\r\nConnection: close\r\n\r\n"
            )
            return caller.recv(12).startswith(b"HTTP/1.")
    except OSError:
        return False
