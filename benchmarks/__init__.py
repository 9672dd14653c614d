"""Speed and memory of the engine, measured beside the least that its database would allow.

Start with `python -m benchmarks --help`; README.md says what each figure means. Nothing here is shipped.
"""
