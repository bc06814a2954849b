"""OCPP-J 1.6 over TLS: the tap sits above it and logs its facts; a handshake that fails harms nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected

ASK = {"vendorId": "v"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chain of one ECDSA certificate for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "evconform test")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("pki") / "server.pem"
    file.write_bytes(pem)
    return file


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
