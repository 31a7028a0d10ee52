"""What a page may load and run."""

import re

from bookwright.rendering.policy import with_policy

PAGE = '<html><head><meta charset="utf-8">{}</head><body>{}</body></html>'
HELLO = "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="  # an example of the specification


def policy(html):
    (stated,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    return dict(rule.split(" ", 1) for rule in stated.split("; "))


def test_page_loads_only_what_comes_from_its_site():
    rules = policy(with_policy(PAGE.format("", "")))
    assert rules.pop("default-src") == "'none'"
    assert rules.pop("img-src") == "'self' data:"
    assert set(rules.values()) == {"'self'"}
    assert {"script-src", "style-src", "font-src", "worker-src", "connect-src"} <= rules.keys()


def test_scripts_that_stand_in_the_page_are_named_by_their_hash():
    data = '<script type="application/json">{"a": 1}</script>'
    page = PAGE.format("<script>alert('Hello, world.');</script>", data)
    assert policy(with_policy(page))["script-src"] == f"'self' '{HELLO}'"


def test_policy_comes_before_all_that_it_is_for():
    assert with_policy(PAGE.format("<script>1</script>", "")).startswith(
        '<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"'
    )


def test_pages_of_a_site_have_a_policy(site):
    assert len(site("# A").select('meta[http-equiv="Content-Security-Policy"]')) == 1
