"""A storm over a full stack: a crowd that dials and writes, and everything the world does to servers
meanwhile. Then every book is held against every other.
"""
