"""DCI (the DCI/SPDCI interfaces, version 1.0.0): one strict writer, one liberal reader, and the two
registries of the port that speak it, with the local profile and without. docs/dci.md says how.
"""
