"""Let the headers of tables be read aloud: an empty one is none, and a formula has a name."""

import re

_HEADER = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)
_MATH = re.compile(r"\s*<math\b.*</math>\s*", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def with_headers(html: str) -> str:
    """Return HTML whose headers of tables say something."""
    return _HEADER.sub(_named, html)


def _named(header: re.Match[str]) -> str:
    attributes, content = header.groups()
    if not content.strip():
        return f"<td{attributes}></td>"
    if _MATH.fullmatch(content):
        said = f'<span class="said">{_TAG.sub("", content).strip()}</span>'
        return f'<th{attributes}>{said}<span aria-hidden="true">{content}</span></th>'
    return header[0]
