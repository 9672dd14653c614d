"""The stores a message may wait in, and someone who receives it."""

from recipients import receiver, store

__all__ = ["receiver", "store"]
