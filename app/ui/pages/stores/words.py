"""The words of the stores page that stand for values of the core: platforms, account status, sentences."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from app.isolation.profile import AccountStatus
from app.isolation.template import GENERIC, Template
from app.kernel.text import Text, say

STATUS_TEXTS: dict[AccountStatus, Text] = {
    AccountStatus.NORMAL: say("Normal"),
    AccountStatus.RESTRICTED: say("Restricted"),
    AccountStatus.APPEAL: say("In appeal"),
    AccountStatus.BANNED: say("Banned"),
}
STATUS_TONES: dict[AccountStatus, str] = {
    AccountStatus.NORMAL: "muted",
    AccountStatus.RESTRICTED: "warn",
    AccountStatus.APPEAL: "warn",
    AccountStatus.BANNED: "danger",
}
PLATFORM_NAMES: dict[str, str] = {
    "tiktok-shop": "TikTok Shop",
    "shopee": "Shopee",
    "lazada": "Lazada",
    "amazon": "Amazon",
    "shopify": "Shopify",
    "whatsapp": "WhatsApp",
}
MARKETS_FIRST = ("US", "GB", "DE", "FR", "IT", "ES", "JP", "MY", "SG", "TH", "VN", "PH", "ID", "BR", "MX")
STORE_COLOURS: tuple[tuple[Text, str], ...] = (
    (say("Red"), "#E5484D"),
    (say("Orange"), "#F76B15"),
    (say("Yellow"), "#E2A336"),
    (say("Green"), "#30A46C"),
    (say("Teal"), "#0E8A8A"),
    (say("Blue"), "#3E63DD"),
    (say("Purple"), "#8E4EC6"),
    (say("Pink"), "#D6409F"),
    (say("Brown"), "#854D0E"),
    (say("Grey"), "#5B6470"),
)


# How often sellers ask for them; others follow, the plain one comes last.
_PLATFORM_ORDER = ("tiktok-shop", "shopee", "lazada", "amazon", "shopify", "whatsapp")


def template_title(template: Template) -> str:
    """A template's title in the language of now."""
    is_chinese = QLocale().language() is QLocale.Language.Chinese
    return template.title_zh if is_chinese and template.title_zh else template.title


def in_gallery_order(templates: tuple[Template, ...]) -> list[Template]:
    """Templates as a gallery shows them: by platform, then by market."""

    def place(template: Template) -> tuple[bool, int, str]:
        known = template.platform in _PLATFORM_ORDER
        at = _PLATFORM_ORDER.index(template.platform) if known else len(_PLATFORM_ORDER)
        return template.id == GENERIC, at, template.id

    return sorted(templates, key=place)


def platform_name(platform: str) -> str:
    """A platform as its makers write it; one of the user's own as it is."""
    return PLATFORM_NAMES.get(platform, platform)


def platform_and_market(platform: str, market: str) -> str:
    """Both in one line."""
    return " · ".join(part for part in (platform_name(platform), market) if part)
