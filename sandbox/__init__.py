"""A registry, a carrier and a phone to try everything on one machine.

Beside the house: imports nothing of it.
"""
