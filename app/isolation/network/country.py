"""The country of an address: from the registries' own list, or from a database that the user has given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import iptocc

from app.kernel.text import Text, say

if TYPE_CHECKING:
    import maxminddb

_KEYS = ("iso_code", "country_iso_code", "country_code")


def country_of(ip: str) -> str:
    """Two letters, or an empty text where the registries do not say."""
    try:
        return str(iptocc.country_code(ip) or "")
    except (ValueError, TypeError):
        return ""


class Countries:
    """Looks in the user's database first, where one is named; what is wrong with it stands in `fault`.

    Threads: any.
    """

    def __init__(self, file: str = "") -> None:
        self.fault: Text | None = None
        self._reader: maxminddb.Reader | None = None
        if file:
            self._open(file)

    def of(self, ip: str) -> str:
        """Two letters, or an empty text where nobody knows."""
        return self._own(ip) or country_of(ip)

    def _open(self, file: str) -> None:
        # Imported here: most people have none.
        import maxminddb

        try:
            self._reader = maxminddb.open_database(file)
        except OSError as error:
            self.fault = _fault(error.strerror or "?")
        except (maxminddb.InvalidDatabaseError, ValueError):
            self.fault = _fault(say("no MMDB file"))

    def _own(self, ip: str) -> str:
        if self._reader is None:
            return ""
        try:
            return _code(self._reader.get(ip))
        except ValueError:  # no address, or an IPv6 one in a database of IPv4 alone
            return ""
        except (RuntimeError, TypeError, LookupError, OSError):  # InvalidDatabaseError is a RuntimeError
            self.fault = _fault(say("damaged"))
            return ""


def _code(found: Any) -> str:
    """MaxMind and DB-IP keep a country's code in a record of its own, others beside the rest."""
    if not isinstance(found, dict):
        return ""
    for record in (found.get("country"), found.get("registered_country"), found):
        if isinstance(record, str):
            record = {"iso_code": record}
        if isinstance(record, dict):
            for key in _KEYS:
                code = record.get(key)
                if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha():
                    return code.upper()
    return ""


def _fault(why: str | Text) -> Text:
    return say(
        "The country database named in the settings cannot be read ({why}); Berth's own list is used.",
        why=why,
    )
