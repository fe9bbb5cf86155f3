"""What we say to citizens, as values. Pure: standard library only, no clock, network, files or
SQL.
"""
