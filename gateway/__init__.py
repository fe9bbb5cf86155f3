"""What phones reach: hooks, the conversation, the answer."""
