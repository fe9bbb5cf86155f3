"""The tests: sentences for names, real servers instead of mocks."""
