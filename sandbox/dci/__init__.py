"""The registry as DCI and G2P-Connect describe one: a file a concern, `calls.py` puts them together."""
