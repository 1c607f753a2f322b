"""A vendor of quantum computing on this machine, which loses requests and answers on purpose.

It runs as a process of its own (``python -m tests.faults.vendor``), and keeps its tasks, its log of
posts and its bill in SQLite: whatever of ours is killed, the bill says what was bought.
"""
