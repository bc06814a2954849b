"""``evconform serve cpo`` and ``serve emsp`` with TLS between them, by a certificate that only they know."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest

from evconform.cli import app as command
from evconform.harness.verdict import UsageError
from tests.reference.emsp.test_serve_emsp import BEARER, PATIENCE, Program

OCPI = ["--http", "http://127.0.0.1:0", "--ocpi", "https://127.0.0.1:0/ocpi"]


def test_both_meet_over_tls(tmp_path: Path, certificate: Path) -> None:
    (tmp_path / "cpo.toml").write_text(
        '[ocpi]\nallowed = ["loopback"]\n[[party]]\ncountry_code = "SI"\nparty_id = "EVC"\nname = "a CPO"\n'
    )
    pem = ["--certificate", str(certificate)]
    ends = ["--listen", "ws://127.0.0.1:0/ocpp", "--provision", str(tmp_path / "cpo.toml"), "--trust", str(certificate)]
    cpo = Program("cpo", *OCPI, *pem, *ends, "--database", f"sqlite:///{tmp_path / 'cpo.db'}", output=tmp_path / "errors")
    line = [*OCPI, *pem, "--allow", "loopback", "--database", f"sqlite:///{tmp_path / 'emsp.db'}"]
    emsp = Program("emsp", *line, "--trust", str(certificate), output=tmp_path / "errors")
    try:
        assert cpo.urls["partners"].startswith("https://127.0.0.1:")
        invited = cpo.asks("POST", "/ocpi/invitations", {"name": "an eMSP"})
        assert invited["url"] == cpo.urls["partners"]
        partner = emsp.asks("POST", "/ocpi/registrations", {"url": invited["url"], "token": invited["token"]})
        assert partner["state"] == "registered"
        [theirs] = cpo.asks("GET", "/ocpi/partners")["items"]
        assert (theirs["state"], theirs["trouble"]) == ("registered", None)
        assert all(each["url"].startswith("https://") for each in partner["endpoints"]), partner["endpoints"]
        trusting = ssl.create_default_context(cafile=certificate)
        assert httpx.get(cpo.urls["partners"], verify=trusting, timeout=PATIENCE).status_code == 401
        assert emsp.stop() == 0
        emsp = Program("emsp", *line, output=tmp_path / "errors")
        refused = httpx.post(
            f"{emsp.urls['operator']}/ocpi/partners/{partner['id']}/pulls/locations", headers=BEARER, timeout=PATIENCE
        )
        assert (refused.status_code, "certificate" in refused.text) == (502, True), refused.text
        assert [emsp.stop(), cpo.stop()] == [0, 0]
    finally:
        for program in (cpo, emsp):
            if program.process.poll() is None:
                program.process.kill()
                program.gone()
    assert (tmp_path / "errors").read_text() == ""


@pytest.mark.parametrize("party", ["cpo", "emsp"])
@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["--ocpi", "https://127.0.0.1:0"], "--certificate: is missing"),
        (["--ocpi", "http://127.0.0.1:0", "--certificate", "{pem}"], "with https:// only"),
        (["--ocpi", "https://127.0.0.1:0", "--certificate", "none.pem"], "none.pem: expected a PEM file: No such file"),
        (["--ocpi", "https://127.0.0.1:0", "--certificate", __file__], "test_serve_tls.py: expected a PEM file"),
        (["--ocpi", "https://127.0.0.1:0", "--certificate", "{pem}", "--trust", __file__], "--trust: "),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificate: Path, party: str, line: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [each.replace("{pem}", str(certificate)) for each in line]
    with pytest.raises(UsageError) as caught:
        command(["serve", party, "--token", "t", *given], standalone_mode=False)
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
