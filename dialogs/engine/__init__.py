"""The machinery under the dialogs: screens, texts, sessions, steps, pages and their proof.

No input or output.
"""
