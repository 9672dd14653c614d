"""Making frozen values quickly: evaluation makes thousands of timers a case, and a frozen dataclass is slow to fill."""

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def maker_of(made: Callable[P, T]) -> Callable[P, T]:
    """Give what makes a frozen, slotted dataclass's values three times as fast, all fields given in their order.

    A frozen class sets each of its fields by a call. What is given here fills a twin of it that is not frozen, and
    then makes it one of the class: the two have the same slots. Whoever gets the value can't tell, nor change it.
    """
    cls: Any = made

    def freeze(one: Any) -> None:
        one.__class__ = cls

    names = [each.name for each in fields(cls)]
    twin: Any = make_dataclass(cls.__name__, names, slots=True, namespace={"__post_init__": freeze})
    return twin  # type: ignore[no-any-return]
