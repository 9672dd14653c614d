"""Spans of OpenTelemetry around what takes time; nothing at all where the library is not installed or not set up."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

#: what a span may say; nothing that leads to a child
ATTRIBUTES = frozenset({"authority", "events", "raised", "cases", "recipient", "messages"})


class NoTracing(ImportError):
    """The library that spans need is not installed. Says how to install it."""


@contextmanager
def span(name: str, **attributes: str | int | None) -> Iterator[None]:
    """Mark a piece of work, as `caseclock.sweep`; attributes that may not be told are left out.

    Of an exception its class is told, and not its words, which may name a case.
    """
    tracer = _tracer()
    if tracer is None:
        yield
        return
    from opentelemetry.trace import StatusCode

    told = {key: value for key, value in attributes.items() if key in ATTRIBUTES and value is not None}
    with tracer.start_as_current_span(
        f"caseclock.{name}", attributes=told, record_exception=False, set_status_on_exception=False
    ) as marked:
        try:
            yield
        except Exception as fault:
            marked.set_status(StatusCode.ERROR, type(fault).__name__)
            raise


def set_up() -> None:
    """Send spans over OTLP, to where the variables OTEL_EXPORTER_OTLP_* say; raises NoTracing."""
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTracing(
            "Spans need OpenTelemetry. Install it with `pip install 'caseclock[otel]'`."
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "caseclock"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@cache
def _tracer() -> "Tracer | None":
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer("caseclock")
