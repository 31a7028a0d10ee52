"""Say what is wrong with a page as HTML."""

import re
from collections import Counter

_ID = re.compile(r'<[a-zA-Z][^<>]*?\sid="([^"]+)"')


def ids(html: str) -> list[str]:
    """Return the ids of all elements."""
    return _ID.findall(html)


def repeated_ids(html: str) -> list[str]:
    """Return the ids that more than one element has."""
    return [name for name, count in Counter(ids(html)).items() if count > 1]
