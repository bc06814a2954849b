"""Party, EVSE and contract identifiers: public examples, what the check characters find, and the spellings that are none."""

from __future__ import annotations

from random import Random

import pytest

from evconform import check_characters
from evconform.ids import ContractId, EvseId, PartyId

ISO = """
NN123ABCDEFGHI-T FRXYZ123456789-2 ITA1B2C3E4F5G6-4 ESZU8WOX834H1D-R PT73902837ABCZ-Z DE83DUIEN83QGZ-D DE83DUIEN83ZGQ-M
DE8AA001234567-0 NLTNM000122045-U NLTNM012345678-W NLTNM000722345-X SITRIC00000001-Q SITRIC00010107-Q DE8ACC12E46L89-1
""".split()
DIN = "INTNM000071-9 INTNM000110-X INTNM000124-0 INTNM000114-6 INTNM000191-5".split()
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("vector", ISO)
def test_the_iso_check_character_of_public_examples(vector: str) -> None:
    rest, check = vector.split("-")
    assert check_characters.iso(rest) == check
    assert [sign for sign in SIGNS if ContractId.of(rest + sign).checks] == [check]


@pytest.mark.parametrize("vector", DIN)
def test_the_din_check_digit_of_public_examples(vector: str) -> None:
    rest, check = vector.split("-")
    assert check_characters.din(rest) == check
    assert [sign for sign in "0123456789X" if ContractId.of(rest + sign).checks] == [check]


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [("DE-8AA-CA2B3C4D5-N", "L"), ("DE-8AA-00123A563-N", "M")],
)
def test_published_ids_that_fail_their_own_check_are_of_the_grammar_and_found(printed: str, wanted: str) -> None:
    contract = ContractId.of(printed)
    assert (contract.checks, contract.wanted) == (False, wanted)


def random_iso(random: Random) -> str:
    rest = "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=2)) + "".join(random.choices(SIGNS, k=12))
    return rest + check_characters.iso(rest)


def test_every_substitution_of_one_character_is_found() -> None:
    random, tried = Random(15118), 0
    for _ in range(40):
        whole = random_iso(random)
        for place, old in enumerate(whole):
            for new in random.sample([s for s in SIGNS if s != old and (place > 1 or s.isalpha())], 5):
                tried += 1
                assert not ContractId.of(whole[:place] + new + whole[place + 1 :]).checks, (whole, place, new)
    assert tried == 3000


def test_every_exchange_of_two_neighbours_is_found() -> None:
    random, tried = Random(91286), 0
    while tried < 2000:
        whole = random_iso(random)
        for place in (0, *range(2, 14)):
            one, two = whole[place], whole[place + 1]
            if one != two:
                tried += 1
                assert not ContractId.of(whole[:place] + two + one + whole[place + 2 :]).checks, (whole, place)


def test_the_din_digit_finds_substitutions_and_exchanges_of_digits() -> None:
    random = Random(11)
    for _ in range(300):
        number = "".join(random.choices("0123456789", k=6))
        whole = "DEABC" + number + check_characters.din("DEABC" + number)
        place = random.randrange(5, 10)
        one, two = whole[place], whole[place + 1]
        exchanged = whole[:place] + two + one + whole[place + 2 :]
        changed = whole[:place] + str((int(one) + random.randrange(1, 10)) % 10) + whole[place + 1 :]
        assert ContractId.of(whole).checks
        assert not ContractId.of(changed).checks
        assert one == two or not ContractId.of(exchanged).checks


@pytest.mark.parametrize("text", ["de-8aa-ca2b3c4d5-l", "DE8AACA2B3C4D5L", "DE-8AA-CA2B3C4D5L"])
def test_a_contract_id_has_one_normal_form(text: str) -> None:
    contract = ContractId.of(text)
    assert (contract.text, contract.compact) == ("DE-8AA-CA2B3C4D5-L", "DE8AACA2B3C4D5L")
    assert (contract.party, contract.emi3, contract.checks, contract.form) == (PartyId("DE", "8AA"), True, True, "ISO")


def test_a_contract_id_without_a_check_character_has_nothing_to_check() -> None:
    contract = ContractId.of("NL-TNM-C00122045")
    assert (contract.check, contract.checks, contract.text) == (None, True, "NL-TNM-C00122045")
    assert not ContractId.of("NLTNM000122045").emi3


@pytest.mark.parametrize("text", ["IN-TNM-000071-9", "IN*TNM*000071*9", "intnm0000719"])
def test_a_din_contract_id_becomes_an_iso_one(text: str) -> None:
    din = ContractId.of(text)
    iso = din.as_iso()
    assert (din.form, din.text, din.checks, din.emi3) == ("DIN", "IN-TNM-000071-9", True, False)
    assert (iso.compact[:-1], iso.form, iso.checks, iso.emi3) == ("INTNMC00000719", "ISO", True, True)
    assert iso.as_iso() is iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DE",
        "DE 8AA CA2B3C4D5 L",
        "DE_8AA_CA2B3C4D5_L",
        "DE-8AACA2B3C4D5L",
        "DE8AA-CA2B3C4D5-L",
        "DE-8AA-CA2B3C4D5E-N",
        "D1-8AA-CA2B3C4D5-L",
        "DE*8AA*CA2B3C4D5*L",
        "IN-TNM*000071-9",
        "IN-TNM-000071-A",
        "DE-8AA-CA2B3C4D5-L\n",
        "DE-8AA-CA2B3C4Dſ-L",
        "DE-8AA-CA2B3C4D٥-L",
    ],
)
def test_what_is_no_contract_id(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no (contract )?id"):
        ContractId.of(text)


@pytest.mark.parametrize("text", ["SI*TRI*E010107", "SITRIE010107", "si*trie010107", "SI*TRI*E01*01*07"])
def test_an_evse_id_with_or_without_stars_is_one(text: str) -> None:
    evse = EvseId.of(text)
    assert (evse.compact, evse.party, evse.form) == ("SITRIE010107", PartyId("SI", "TRI"), "ISO")
    assert EvseId.of(evse.text) == evse


def test_an_evse_id_of_the_din_form_keeps_its_stars() -> None:
    evse = EvseId.of("+49*810*000*438")
    assert (evse.form, evse.country, evse.operator, evse.outlet) == ("DIN", "+49", "810", "000*438")
    assert evse.compact == evse.text == "+49*810*000*438"
    with pytest.raises(ValueError, match="operators are numbers"):
        _ = evse.party


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SI TRI E010107", r"a space is never part of one; SI\*TRI\*E010107 would be"),
        ("SI_TRI_E010107", r"an underscore is never part of one; SI\*TRI\*E010107 would be"),
        ("SI-TRI-E010107", r"a hyphen is never part of one; SI\*TRI\*E010107 would be"),
        (" SI*TRI*E010107", r"a space is never part of one; SI\*TRI\*E010107 would be"),
        ("SI TRI 010107", "a space is never part of one$"),
        ("SI*TRI*P010107", "type letter P is that of a pool"),
        ("SI*TRI*S010107", "type letter S is that of a station"),
        ("SI*TRI*E", "1 to 30"),
        ("SI*TRI*E**", "1 to 30"),
        ("SI*TRI*E" + "1" * 31, "1 to 30"),
        ("S1*TRI*E1", "1 to 30"),
        ("SI**TRI*E1", "1 to 30"),
        ("49*810*000*438", "1 to 30"),
        ("+49*81*000", "1 to 30"),
        ("+49810000438", "1 to 30"),
        ("SI*TRI*E1\n", "1 to 30"),
        ("#NA", "1 to 30"),
        ("SI*TRI*Eſ", "ASCII"),
    ],
)
def test_what_is_no_evse_id(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        EvseId.of(text)


def test_the_longest_evse_id_has_38_characters() -> None:
    assert len(EvseId.of("SI*TRI*E" + "1" * 30).text) == 38


@pytest.mark.parametrize("text", ["nltnm", "NL*TNM", "NL-TNM"])
def test_a_party_id(text: str) -> None:
    assert (PartyId.of(text).compact, PartyId.of(text).text) == ("NLTNM", "NL*TNM")


@pytest.mark.parametrize("text", ["", "NL", "NLTN", "NLTNMX", "NL TNM", "NL_TNM", "1LTNM", "NL*TN*"])
def test_what_is_no_party_id(text: str) -> None:
    with pytest.raises(ValueError, match="is no party id"):
        PartyId.of(text)
