"""The same queues in other people's tools, for benchmarks/engine.py to run beside ours."""
