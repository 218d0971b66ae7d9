"""One line of the table, one member of the JSON."""

from dataclasses import dataclass


@dataclass
class Figure:
    key: str  # in the JSON; "receipt_ms.p50" is p50 inside receipt_ms
    what: str  # in the table
    value: float
    unit: str
    goal: str = ""  # as text: nothing here passes or fails
