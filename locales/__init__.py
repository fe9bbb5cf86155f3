"""How languages speak: the table of languages, and gettext catalogues read as they are from
<tag>/LC_MESSAGES/messages.po.
"""
