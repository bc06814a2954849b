"""The bench of the Java charge point, which speaks SOAP and has a service of its own."""

from __future__ import annotations

import socket

import bench

from evconform.harness.sut import Sut


class Bench(bench.Bench):
    def __init__(self, sut: Sut) -> None:
        super().__init__(sut)
        central_system = sut.endpoint.at("ocpp1.6-soap").listen
        self.line = [*sut.control.options["command"], central_system, sut.endpoint.identity, f"http://127.0.0.1:{free_port()}"]


def free_port() -> int:
    """Of the charge point's service, each time it starts."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port
