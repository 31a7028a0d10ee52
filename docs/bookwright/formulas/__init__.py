"""Formulas: what they state is evaluated."""
