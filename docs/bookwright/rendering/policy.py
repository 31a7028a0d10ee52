"""What a page may load and run: its Content-Security-Policy.

All comes from the site itself. The theme has a few scripts in its pages; they are named by their
hash, and no other text runs. Where the site is a folder of files, "the site itself" means nothing
to browsers, and where it is served for its author, the server adds a script: there is no policy.
"""

import re
from base64 import b64encode
from hashlib import sha256

_FIRST = '<meta charset="utf-8">'
_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)
_RULES = (
    "default-src 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
)


def with_policy(html: str) -> str:
    """Return a page that says what it may load and run."""
    hashes = (b64encode(sha256(text.encode()).digest()).decode() for text in _SCRIPT.findall(html))
    scripts = " ".join(["script-src 'self'", *(f"'sha256-{each}'" for each in sorted(hashes))])
    policy = "; ".join((*_RULES, scripts))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return html.replace(_FIRST, _FIRST + meta, 1)
