"""The `openspp` registry: OpenSPP 2 by its REST, and complaints by Odoo's JSON-RPC
(docs/openspp.md).
"""
