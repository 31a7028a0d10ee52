"""A browser that tests drive, and a server of the site."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

if CHROMIUM is None and "REQUIRE_BROWSER" in os.environ:
    raise FileNotFoundError("these tests have to run: install chromium")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="these tests drive Chromium, which is not installed"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder) -> Iterator[str]:
    """Serve a folder, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def window(browser, **settings):
    """Return a new window, which keeps what goes wrong there and what is asked for."""
    tab = browser.new_context(**settings).new_page()
    tab.on("console", lambda m: m.type == "error" and tab.complaints.append(m.text))
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.on("request", lambda request: tab.requested.append(request.url))
    return tab


def go(tab, url):
    """Go to a page."""
    tab.goto("about:blank")  # what the page before asks for late is not asked for by this one
    tab.complaints, tab.requested = [], []
    tab.goto(url)
    tab.evaluate("document.fonts.ready.then(() => true)")
    return tab


def add_style(tab, rules):
    """Add rules to a page, whose policy allows no style that comes with a script."""
    tab.evaluate(
        """rules => {
          const sheet = new CSSStyleSheet()
          sheet.replaceSync(rules)
          document.adoptedStyleSheets.push(sheet)
        }""",
        rules,
    )


def wait_until(tab, holds, arg=None):
    """Wait until an expression is true, which a page with a policy may not ask itself again."""
    for _ in range(600):
        if tab.evaluate(holds, arg):
            return
        tab.wait_for_timeout(50)
    raise TimeoutError(f"was never true: {holds}")
