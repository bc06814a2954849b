"""OCPP-J 1.6 over TLS: the tap sits above it and logs its facts; a handshake that fails harms nothing."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest

from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected

ASK = {"vendorId": "v"}


def server_tls(certificate: Path) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    return tls


def test_wss_works_and_logs_version_and_cipher(lab: Any, certificate: Path) -> None:
    async def story() -> None:
        central = await lab.central_system(server_tls(certificate))
        assert central.url.startswith("wss://127.0.0.1:")
        point = await lab.charge_point(central, tls=ssl.create_default_context(cafile=certificate))
        assert await point.channel.call("DataTransfer", ASK)
        assert await central.channels["CP-1"].call("DataTransfer", ASK)
        await point.disconnect()

    lab.run(story())
    [facts] = [e.facts for e in lab.seen("tls")]
    assert facts["version"] == "TLSv1.3"
    assert facts["cipher"].startswith("TLS_")
    assert [e.kind for e in lab.log[:4]] == ["open", "tls", "request", "response"]
    assert len(lab.seen("close")) == 2


def test_an_untrusted_certificate_is_refused_and_the_endpoint_lives_on(wall: Any, certificate: Path) -> None:
    async def story() -> None:
        central = await wall.central_system(server_tls(certificate))
        stranger = ChargePointEndpoint(wall.clock, wall.tasks)
        with pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
            await stranger.connect(Handshake(central.url, "CP-1", tls=ssl.create_default_context()))
        await wall.charge_point(central, tls=ssl.create_default_context(cafile=certificate))
        async with asyncio.timeout(5):
            await central.stop()

    wall.run(story())
