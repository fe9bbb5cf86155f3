"""What was promised is carried here: one lane a process, woken by RQ, working from the outbox."""
