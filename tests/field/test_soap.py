"""OCPP-S from HAR and from captures: the same conversation comes to the same, whatever the network made of its bytes."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import dpkt
import pytest

from evconform.harness.content import shipped
from evconform.harness.wire import Entry
from evconform.report.checked import writers
from tests.field.captures import BEGAN, LINKS, Packet, Wires, as_ip, entries_of, har, packets_of, pcap, tagged
from tests.field.conftest import Checks, broken
from tests.ocpp.session_logs import Lines, boots, date, said, starts, status, stops

BEGINS = [*boots(0), *status(1, "Available")]
SETTINGS = {"configurationKey": [{"key": "NumberOfConnectors", "readonly": True, "value": "1"}]}
SAMPLE = [{"timestamp": date(20), "sampledValue": [{"value": "150", "context": "Sample.Periodic"}]}]
GOOD: Lines = [
    *BEGINS, *said(5, ">", "Authorize", {"idTagInfo": {"status": "Accepted"}}, idTag="TAG-0001"),
    *said(6, "<", "GetConfiguration", SETTINGS), *status(7, "Preparing"), *starts(8, tag="TAG-0001"), *status(9, "Charging"),
    *said(20, ">", "MeterValues", {}, connectorId=1, transactionId=7, meterValue=SAMPLE), *stops(40, tag="TAG-0001"),
    *status(41, "Finishing", "Available"), *said(100, ">", "Heartbeat", {"currentTime": date(100)}),
]  # fmt: skip
FAULTY: Lines = [
    *GOOD[:-2], *starts(110, 8, tag="TAG-0001"), *stops(120, 8, meter=50, tag="TAG-0001"),
    *said(130, ">", "StatusNotification", {}, connectorId=1, errorCode="NoError", status="Sleeping"),
    *said(140, ">", "Heartbeat", {"currentTime": date(9140)}),
]  # fmt: skip
RED = {
    ("OCPP16-4.10-05", "charge-point"),  # meterStop 50, meterStart 100
    ("OCPP16-6.47-01", "charge-point"),  # no such status
    ("OCPP16-4.6-03", "central-system"),  # its clock jumps
    ("OCPP16-3.16-01", "charge-point"),  # meterStop 200, and then meterStart 100
}


def seen(check: dict[str, Any]) -> tuple[list[str], set[tuple[str, str]]]:
    assert check["errors"] == []
    return [station["name"] for station in check["stations"]], broken(check)


def test_a_har_is_read(checks_text: Checks) -> None:
    good = checks_text(har(entries_of(GOOD)))
    assert seen(good) == (["CP-1"], set())
    assert (good["exit"], good["logs"][0]["format"], good["logs"][0]["messages"]) == (0, "HAR", len(GOOD))
    assert good["counts"]["pass"] > 20
    faulty = checks_text(har(entries_of(FAULTY)))
    assert seen(faulty) == (["CP-1"], RED)
    assert faulty["stations"][0]["product"] == "V M"


def test_a_finding_shows_the_messages_and_their_places(checks_text: Checks) -> None:
    check = checks_text(har(entries_of(FAULTY)))
    finding = next(each for each in check["findings"] if each["requirement"] == "OCPP16-4.10-05")
    start, stop = finding["seen"][0]["frames"]
    assert (start["role"], stop["kind"]) == ("charge-point", "text")
    assert stop["place"].endswith("message 25")
    assert "<ocpp:meterStop>50</ocpp:meterStop>" in stop["data"]
    terminal = "\n".join(writers.on_terminal(check))
    assert "message 25: <ocpp:stopTransactionRequest" in terminal
    assert "<mark>&lt;ocpp:meterStop&gt;50&lt;/ocpp:meterStop&gt;</mark>" in writers.as_html(check)
    assert "<ocpp:stopTransactionRequest" in writers.as_markdown(check)


def test_a_proxy_may_have_sent_it_on(checks_text: Checks) -> None:
    elsewhere = [
        replace(each, data=str(each.data).replace(":To>http://cs.test", ":To>http://outside.test")) for each in entries_of(GOOD)
    ]
    assert elsewhere != entries_of(GOOD)
    assert seen(checks_text(har(elsewhere))) == (["CP-1"], set())
    nowhere = [replace(each, data=str(each.data).replace(":To>http://cs.test", ":To>urn:cs.test")) for each in entries_of(GOOD)]
    assert seen(checks_text(har(nowhere))) == (["CP-1"], {("OCPP16S-3.9-02", "charge-point")})


def test_nothing_personal_is_left_of_it(checks_text: Checks) -> None:
    hidden = checks_text(har(entries_of(FAULTY)), redacted=True)
    for text in (json.dumps(hidden), writers.as_html(hidden), writers.as_markdown(hidden), *writers.on_terminal(hidden)):
        assert [secret for secret in ("CP-1", "TAG-0001", "cp.test", "cs.test") if secret in text] == []


OLDER = [*boots(0), *status(1, "Available", "Occupied"), *starts(8), *stops(40)]


def test_the_older_version_is_read(checks_text: Checks) -> None:
    of_its_own = said(50, ">", "StatusNotification", {}, connectorId=1, errorCode="NoError", status="Charging")  # 1.6 has that
    for lines, red in ((OLDER, set()), ([*OLDER, *of_its_own], {("OCPP15-8-01", "charge-point")})):
        entries = entries_of(lines, "1.5")
        for log in (har(entries), pcap(Wires(gzipped=True).takes(entries))):
            check = checks_text(log)
            assert (seen(check), check["logs"][0]["messages"]) == ((["CP-1"], red), len(lines))
            assert check["stations"][0]["product"] == "V M"


def test_the_answers_of_a_pics_are_those_of_the_column(checks_text: Checks, tmp_path: Path) -> None:
    pics = (shipped() / "fixtures/pics/etrel-inch.toml").read_text("utf-8")
    (tmp_path / "inch.toml").write_text(pics, "utf-8")
    check = checks_text(har(entries_of(FAULTY)), pics=tmp_path / "inch.toml")
    assert RED <= broken(check) <= RED | {(f"OCPP16-PICS-0{n}", "charge-point") for n in range(1, 7)}
    older = checks_text(har(entries_of(OLDER, "1.5")), pics=tmp_path / "inch.toml")
    assert older["counts"].get("lacks context", 0) <= 2


def test_whose_har_it_is_can_be_said(checks_text: Checks) -> None:
    assert seen(checks_text(har(entries_of(GOOD)), identity="CP-1")) == (["CP-1"], set())


def rows(entries: list[Entry], change: Callable[[list[dict[str, Any]]], None]) -> str:
    source = json.loads(har(entries))
    change(source["log"]["entries"])
    return json.dumps(source)


def test_entries_stand_in_any_order(checks_text: Checks) -> None:
    shuffled = rows(entries_of(FAULTY), random.Random(7).shuffle)
    assert seen(checks_text(shuffled)) == (["CP-1"], RED)


def test_other_traffic_is_nobodys_business(checks_text: Checks) -> None:
    def adds(found: list[dict[str, Any]]) -> None:
        page = {"method": "GET", "url": "http://shop.test/", "headers": []}
        found.insert(3, {"startedDateTime": found[2]["startedDateTime"], "time": 1, "request": page, "response": {"status": 200}})
        found.extend([{}, {"request": 7}, {"request": {"url": "http://[", "postData": {"text": 7}}}, 7])  # type: ignore[list-item]

    check = checks_text(rows(entries_of(GOOD), adds))
    assert (seen(check), check["logs"][0]["messages"]) == ((["CP-1"], set()), len(GOOD))


def test_a_body_that_is_not_there_is_a_gap(checks_text: Checks) -> None:
    def takes(found: list[dict[str, Any]]) -> None:
        del found[4]["response"]["content"]["text"]

    check = checks_text(rows(entries_of(GOOD), takes))
    assert [place["why"] for place in check["logs"][0]["unread_places"]] == ["the body of a message is not in the HAR"]
    assert broken(check) == set()


def test_what_cannot_be_read_is_of_the_station_and_no_rule_chokes(checks_text: Checks) -> None:
    def cuts(found: list[dict[str, Any]]) -> None:
        found[3]["request"]["postData"]["text"] = found[3]["request"]["postData"]["text"][:-40]
        found[4]["response"]["content"]["text"] = "<html>busy</html>"
        found[5]["response"] = {"status": 0}

    check = checks_text(rows(entries_of(GOOD), cuts))
    assert check["errors"] == []
    assert [station["name"] for station in check["stations"]] == ["CP-1"]


# ── captures ──


@pytest.fixture
def captured(checks: Checks, tmp_path: Path) -> Checks:
    def check(packets: list[Packet], *, name: str = "x.pcap", **how: Any) -> dict[str, Any]:
        (tmp_path / name).write_bytes(pcap(packets, **how))
        return checks(tmp_path / name)

    return check


@pytest.mark.parametrize(
    "how",
    [{}, {"gzipped": True}, {"chunked": True}, {"gzipped": True, "chunked": True, "mss": 7}, {"mss": 1}],
    ids=lambda how: " ".join(how) or "plain",
)
def test_a_capture_is_read_whatever_the_coding(how: dict[str, Any], captured: Checks) -> None:
    good = captured(packets_of(GOOD, **how))
    assert (seen(good), good["logs"][0]["messages"]) == ((["CP-1"], set()), len(GOOD))
    assert (good["logs"][0]["format"], good["logs"][0]["unread"]) == ("a capture", 0)
    assert seen(captured(packets_of(FAULTY, **how))) == (["CP-1"], RED)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("ng", [False, True], ids=["pcap", "pcapng"])
def test_a_capture_of_any_interface_is_read(link: int, ng: bool, captured: Checks) -> None:
    assert seen(captured(packets_of(FAULTY), link=link, ng=ng)) == (["CP-1"], RED)


def test_ipv6_and_a_vlan_are_read(captured: Checks) -> None:
    assert seen(captured(packets_of(FAULTY), six=True)) == (["CP-1"], RED)
    assert seen(captured(packets_of(FAULTY), wraps=tagged)) == (["CP-1"], RED)


@pytest.mark.parametrize("ng", [False, True], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("kept", [5, 20, 60])
def test_a_capture_that_was_cut_says_so(ng: bool, kept: int, tmp_path: Path, checks: Checks) -> None:
    """Wherever it was: in the head of a packet, or in the packet."""
    packets, file = packets_of(GOOD), tmp_path / "cut.pcap"
    whole = pcap(packets, ng=ng)
    there = len(pcap(packets[:-9], ng=ng))
    file.write_bytes(whole[: there + kept])
    places = checks(file)["logs"][0]["unread_places"]
    assert places[-1]["why"] == "the capture ends in the middle of a packet"


def swapped(packets: list[Packet]) -> list[Packet]:
    """Every second segment with data comes before the one in front of it."""
    found = list(packets)
    for n in range(1, len(found) - 1, 2):
        if found[n].data and found[n + 1].data and found[n].by_client == found[n + 1].by_client:
            found[n], found[n + 1] = found[n + 1], found[n]
    return found


def repeated(packets: list[Packet]) -> list[Packet]:
    """Everything twice, a part of it cut otherwise."""
    return list(chain.from_iterable((each, each) for each in packets))


@pytest.mark.parametrize("mangle", [swapped, repeated, lambda packets: swapped(repeated(packets))])
def test_segments_in_another_order_and_twice_are_one_stream(mangle: Callable[..., list[Packet]], captured: Checks) -> None:
    check = captured(mangle(packets_of(FAULTY, mss=300)))
    assert (seen(check), check["logs"][0]["unread"]) == ((["CP-1"], RED), 0)


@pytest.mark.parametrize("lost", [3, 6, 20, 33, 60, 70])
def test_a_lost_segment_is_a_gap_and_no_rule_is_red_for_it(lost: int, captured: Checks) -> None:
    packets = packets_of(GOOD, mss=300)
    with_data = [n for n, each in enumerate(packets) if each.data]
    del packets[with_data[lost]]
    check = captured(packets)
    assert [place["why"] for place in check["logs"][0]["unread_places"]] == ["bytes of the connection are not in the capture"]
    assert broken(check) == set()
    assert check["logs"][0]["messages"] >= len(GOOD) - 3


def test_a_capture_that_begins_in_the_middle_is_read_from_the_next_message_on(captured: Checks) -> None:
    packets = packets_of(FAULTY, mss=300)
    for first in range(1, 40, 7):
        check = captured(packets[first:])
        assert check["logs"][0]["messages"] > 20
        assert broken(check) <= RED


def test_packets_that_are_cut_short_are_a_gap(captured: Checks) -> None:
    check = captured(packets_of(GOOD, mss=1400), snaplen=600)
    assert check["logs"][0]["unread"] > 10
    assert (check["errors"], broken(check)) == ([], set())


def test_a_connection_that_is_opened_again_between_the_same_ports(captured: Checks) -> None:
    first, second = packets_of(BEGINS), packets_of(FAULTY[len(BEGINS) :], first=5000)
    assert seen(captured([*first, *second])) == (["CP-1"], RED)


def test_a_connection_without_an_answer_ends(captured: Checks) -> None:
    entries = entries_of([*BEGINS, *said(5, ">", "Heartbeat", None)])
    entries += [Entry(0, 20.0, entries[-1].conn, "sut", "lost")]
    check = captured(Wires().takes(entries))
    assert (seen(check), check["logs"][0]["messages"]) == ((["CP-1"], set()), len(BEGINS) + 1)


def noise() -> list[bytes]:
    """What else is in captures: TLS, DNS, ARP, broken packets."""
    packet = packets_of(BEGINS)[0]
    tls = dpkt.tcp.TCP(sport=1, dport=443, seq=1, flags=dpkt.tcp.TH_ACK, data=b"\x16\x03\x01\x02\x00" + b"\0" * 512)
    over = [dpkt.tcp.TCP(sport=1, dport=443, seq=0, flags=dpkt.tcp.TH_SYN), tls, dpkt.udp.UDP(sport=53, dport=53, data=b"x")]
    ips = [
        dpkt.ip.IP(src=b"\1" * 4, dst=b"\2" * 4, p=6 + 11 * (n == 2), data=each, len=20 + len(each))
        for n, each in enumerate(over)
    ]
    frames = [bytes(dpkt.ethernet.Ethernet(type=dpkt.ethernet.ETH_TYPE_IP, data=ip)) for ip in ips]
    arp = bytes(dpkt.ethernet.Ethernet(type=dpkt.ethernet.ETH_TYPE_ARP, data=dpkt.arp.ARP()))
    whole = LINKS[dpkt.pcap.DLT_EN10MB](as_ip(packet))
    return [*frames, arp, b"", whole[:20], whole[:33], bytes(60), b"\xff" * 60]


def test_what_else_is_in_a_capture_is_passed_over(checks: Checks, tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file)
    for n, packet in enumerate(packets_of(GOOD)):
        writer.writepkt(LINKS[dpkt.pcap.DLT_EN10MB](as_ip(packet)), BEGAN + packet.t)
        if n % 5 == 0:
            for raw in noise():
                writer.writepkt(raw, BEGAN + packet.t)
    (tmp_path / "noisy.pcap").write_bytes(file.getvalue())
    check = checks(tmp_path / "noisy.pcap")
    assert (seen(check), check["logs"][0]["messages"], check["logs"][0]["unread"]) == ((["CP-1"], set()), len(GOOD), 0)


def test_a_file_that_was_cut_ends_with_what_is_whole(checks: Checks, tmp_path: Path) -> None:
    whole = pcap(packets_of(GOOD))
    for n, size in enumerate(random.Random(1).sample(range(24, len(whole)), 20)):
        (tmp_path / f"{n}.pcap").write_bytes(whole[:size])
        check = checks(tmp_path / f"{n}.pcap")
        assert (check["errors"], broken(check)) == ([], set())


def test_bytes_at_random_choke_nothing(checks: Checks, tmp_path: Path) -> None:
    whole = bytearray(pcap(packets_of(GOOD, mss=200)))
    for seed in range(20):
        chance = random.Random(seed)
        spoilt = bytearray(whole)
        for _ in range(40):
            spoilt[chance.randrange(24, len(spoilt))] = chance.randrange(256)
        (tmp_path / f"{seed}.pcap").write_bytes(spoilt)
        assert checks(tmp_path / f"{seed}.pcap")["errors"] == []
