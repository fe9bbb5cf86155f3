"""openIMIS, by its GraphQL interface: a `Registry` for whoever keeps people, plans and grievances
there.
"""
