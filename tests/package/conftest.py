"""What pytest leaves alone here."""

collect_ignore = ["processes.py"]  # a program for torchrun; it needs torch
