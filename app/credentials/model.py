"""A credential: where to sign in, as whom, and the rules for both."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from app.isolation.profile import clean_name, clean_url
from app.kernel.errors import NotFoundProblem, UsageProblem
from app.kernel.ids import CredentialId
from app.kernel.secret import Secret
from app.kernel.text import say

MAX_USERNAME = 320
MAX_PASSWORD = 4_096


class UsernameWrong(UsageProblem):
    """A user name that no site takes."""


class PasswordWrong(UsageProblem):
    """No password, or one that no site takes."""


class CredentialNameTaken(UsageProblem):
    """Another credential has this name."""


class CredentialMissing(NotFoundProblem):
    """No credential has this name."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A sign-in as it may be shown: never its password."""

    id: CredentialId
    name: str
    site: str
    username: str
    created: datetime
    updated: datetime


def clean_site(text: str) -> str:
    """The page to sign in on; a bare host means its https page. Raises AddressWrong."""
    site = text.strip()
    return clean_url(site if "://" in site or not site else f"https://{site}/")


def clean_username(text: str) -> str:
    """A user name, mail address or number as the site wants it; empty where there is none.

    Raises UsernameWrong.
    """
    username = text.strip()
    if len(username) > MAX_USERNAME or any(unicodedata.category(letter) == "Cc" for letter in username):
        raise UsernameWrong(
            say("This is not a user name."),
            say("Use at most {most} characters on one line.", most=MAX_USERNAME),
        )
    return username


def check_password(password: Secret) -> Secret:
    """A password as it is, spaces included. Raises PasswordWrong."""
    if not 1 <= len(password.reveal()) <= MAX_PASSWORD:
        raise PasswordWrong(
            say("The password is empty or longer than {most} characters.", most=MAX_PASSWORD),
            say("Give the password of the site."),
        )
    return password


def usual_name(site: str, username: str) -> str:
    """What a credential is called when nobody named it: its site and user."""
    host = (urlsplit(site).hostname or site).removeprefix("www.")
    return clean_name(f"{host} {username}"[:200])
