"""Certificates of the tests: an authority, and server certificates for 127.0.0.1 that are good, or bad in one way each."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass
class Authority:
    name: x509.Name
    key: ec.EllipticCurvePrivateKey


def named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def issue(
    authority: Authority | None, name: str, key: ec.EllipticCurvePrivateKey, *, host: str, begins: int, ends: int
) -> x509.Certificate:
    """A certificate from ``begins`` to ``ends`` days from now; without an authority it signs itself, and is one."""
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(named(name)).issuer_name(authority.name if authority else named(name))
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now + begins * DAY).not_valid_after(now + ends * DAY)
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
    return made.sign(authority.key if authority else key, hashes.SHA256())


def write(folder: Path) -> Path:
    """``ca.pem``, and for each kind of certificate ``<kind>.pem`` with its key; returns the folder."""
    ca, stranger = (Authority(named(name), ec.generate_private_key(ec.SECP256R1())) for name in ("evconform CA", "other CA"))
    root = issue(None, "evconform CA", ca.key, host="127.0.0.1", begins=-1, ends=30)
    (folder / "ca.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    kinds: dict[str, tuple[Authority | None, str, int, int]] = {
        "good": (ca, "127.0.0.1", -1, 30),
        "untrusted": (stranger, "127.0.0.1", -1, 30),
        "self-signed": (None, "127.0.0.1", -1, 30),
        "expired": (ca, "127.0.0.1", -30, -1),
        "not-yet": (ca, "127.0.0.1", 1, 30),
        "wrong-host": (ca, "127.0.0.2", -1, 30),
    }
    for kind, (authority, host, begins, ends) in kinds.items():
        key = ec.generate_private_key(ec.SECP256R1())
        pem = issue(authority, f"evconform {kind}", key, host=host, begins=begins, ends=ends)
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        (folder / f"{kind}.pem").write_bytes(pem.public_bytes(serialization.Encoding.PEM) + private)
    return folder
