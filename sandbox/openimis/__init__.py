"""An openIMIS to try things on: the shapes of its GraphQL answers, and its traps."""
