"""What Guichet keeps in SQL: tables, migrations, and a small module of queries a noun.

No carrier, no registry.
"""
