"""The languages a browser bought in a country starts with, and what a language tag may look like."""

from __future__ import annotations

import re

# CLDR's most likely language of each country (likelySubtags through Babel 2.18, computed once) where
# Chromium is translated into it; else the country's official language that Chromium has. All others: en.
_COUNTRIES = {
    "af": "NA",
    "am": "ET",
    "ar": "AE BH DZ EG EH IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SS SY TD TN YE",
    "bg": "BG",
    "bn": "BD",
    "ca": "AD",
    "cs": "CZ",
    "da": "DK",
    "de": "AT CH DE LI",
    "el": "CY GR",
    "es": "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE",
    "et": "EE",
    "fa": "AF IR",
    "fi": "FI",
    "fil": "PH",
    "fr": "BF BI BJ BL CD CF CG CI CM DJ FR GA GF GN GP HT LU MC MF MG ML MQ MU NC NE PF PM RE SC SN TF TG "
    "WF YT",
    "he": "IL",
    "hi": "IN",
    "hr": "BA HR",
    "hu": "HU",
    "id": "ID",
    "it": "IT SM VA",
    "ja": "JP",
    "ko": "KP KR",
    "lt": "LT",
    "lv": "LV",
    "ms": "BN CC MY",
    "nb": "BV NO SJ",
    "nl": "AW BE BQ CW NL SR",
    "pl": "PL",
    "pt": "AO BR CV GW MZ PT ST TL",
    "ro": "MD RO",
    "ru": "BY KG KZ RU",
    "sk": "SK",
    "sl": "SI",
    "sr": "ME RS",
    "sv": "AX SE",
    "sw": "KE TZ UG",
    "ta": "LK",
    "th": "TH",
    "tr": "TR",
    "uk": "UA",
    "ur": "PK",
    "vi": "VN",
    "zh": "CN HK MO TW",
}
_LANGUAGE_OF = {country: code for code, countries in _COUNTRIES.items() for country in countries.split()}
# What Chromium's accept-language list takes: language, script, region, in their usual spelling.
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
ENGLISH = ("en-US", "en")


def is_tag(text: str) -> bool:
    """Whether a text is a language tag as browsers write it: de, de-DE, zh-Hant-TW."""
    return _TAG.fullmatch(text) is not None


def languages_of(country: str) -> tuple[str, ...]:
    """The language list of a browser in a country: its own language first, English behind it."""
    code = _LANGUAGE_OF.get(country, "en")
    if not country or (code == "en" and country == "US"):
        return ENGLISH
    own = (f"{code}-{country}", code)
    return own if code == "en" else (*own, *ENGLISH)
