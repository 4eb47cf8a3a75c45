"""The country an address is registered in, without asking anybody."""

from __future__ import annotations

import iptocc


def country_of(ip: str) -> str:
    """Two letters, or an empty text where the registries do not say."""
    try:
        return str(iptocc.country_code(ip) or "")
    except (ValueError, TypeError):
        return ""
