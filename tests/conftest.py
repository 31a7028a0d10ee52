"""How hypothesis runs in all tests."""

from hypothesis import settings

settings.register_profile("gdbook", deadline=None)  # no test depends on how long it takes
settings.load_profile("gdbook")
