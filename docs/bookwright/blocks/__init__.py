"""Blocks: each runs in a process of its own, and its result is data."""
