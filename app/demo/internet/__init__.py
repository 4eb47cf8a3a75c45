"""The little local internet: sites, an echo page and two proxies, for `berth demo` and for tests."""

from app.demo.internet.proxies import Behaviour, LocalProxy, Visit
from app.demo.internet.store import Report
from app.demo.internet.web import Request
from app.demo.internet.world import Arrival, LocalInternet, LocalInternetThread

__all__ = [
    "Arrival",
    "Behaviour",
    "LocalInternet",
    "LocalInternetThread",
    "LocalProxy",
    "Report",
    "Request",
    "Visit",
]
