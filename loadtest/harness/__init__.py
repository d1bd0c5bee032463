"""Measures Mooring beside its peers, from outside. Start at compare.py and soak.py."""
