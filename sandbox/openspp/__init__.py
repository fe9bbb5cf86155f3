"""An OpenSPP 2 to try things with: its REST and the part of Odoo's JSON-RPC that opens tickets.
Everything is in memory.
"""
