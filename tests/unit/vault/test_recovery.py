"""The recovery code: its form, and how forgivingly it is read."""

import pytest

from app.kernel.secret import Secret
from app.vault.errors import WrongRecoveryCode
from app.vault.recovery import new_code, read_code

CODE = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ"


def test_a_code_is_eight_groups_of_four_letters():
    groups = new_code().reveal().split("-")

    assert [len(group) for group in groups] == [4] * 8
    assert not set("".join(groups)) & set("ILOU")


def test_two_codes_are_never_the_same():
    assert len({new_code().reveal() for _ in range(100)}) == 100


def test_a_code_holds_160_bits_with_the_first_letter_highest():
    assert bytes(read_code(Secret("Z" + "0" * 31))) == b"\xf8" + bytes(19)
    assert bytes(read_code(Secret("0" * 31 + "1"))) == bytes(19) + b"\x01"


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", " "),
        CODE.replace("-", ""),
        CODE.replace("-", " – "),
        "  " + CODE + "\n",
        CODE.replace("0", "O").replace("1", "l"),
        CODE.replace("0", "o").replace("1", "I"),
        "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ",
    ],
)
def test_however_a_person_types_it_the_code_is_the_same(typed: str):
    assert read_code(Secret(typed)) == read_code(Secret(CODE))


@pytest.mark.parametrize(
    "typed", ["", "0123", CODE[:-1], CODE + "0", CODE.replace("Z", "U"), CODE[:-1] + "é"]
)
def test_what_is_no_code_is_refused_without_repeating_it(typed: str):
    with pytest.raises(WrongRecoveryCode) as caught:
        read_code(Secret(typed))

    assert "32 letters" in caught.value.next_step.english()
    assert CODE[:9] not in str(caught.value)
