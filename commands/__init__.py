"""The house's doors: one file a command, found by listing this package; what starts processes lives
here too.
"""
