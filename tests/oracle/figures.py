"""Figures with their qualifiers, and where the truth lies, for the oracle: fractions only."""

from dataclasses import dataclass, field
from fractions import Fraction

# In the order and with the letters of a stored total.
LETTERS = {"exact": "=", "at_least": ">", "below": "<", "about": "~", "estimate": "e", "at_most": "^"}
OTHER_WAY = {"at_least": "at_most", "below": "at_least", "at_most": "at_least"}


def decimal_text(number):
    """As a decimal where that ends, else as n/d."""
    rest = number.denominator
    places = 0
    while rest % 10 == 0 or rest % 5 == 0 or rest % 2 == 0:
        rest //= 10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2
        places += 1
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    text = fixed_text(number, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(number, places):
    """Half away from zero."""
    scaled = abs(number) * 10 ** places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, 10 ** places)


def fixed_text(number, places):
    number = rounded(number, places)
    digits = f"{abs(number.numerator) * 10 ** places // number.denominator:0{places + 1}}"
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


@dataclass(frozen=True)
class Range:
    """Ends; None is infinite. An open end does not belong to it."""
    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def times(self, factor):
        return Range(None if self.low is None else self.low * factor, None if self.high is None else self.high * factor,
                     self.low_open, self.high_open)


@dataclass(frozen=True)
class Operand:
    """Qualifier → (sum, count)."""
    classes: dict

    @classmethod
    def of(cls, value, qualifier):
        return cls({qualifier: (Fraction(value), 1)})

    def __add__(self, other):
        classes = dict(self.classes)
        for qualifier, (total, count) in other.classes.items():
            before = classes.get(qualifier, (Fraction(0), 0))
            classes[qualifier] = before[0] + total, before[1] + count
        return Operand(classes)

    def __bool__(self):
        return bool(self.classes)

    @property
    def value(self):
        return sum((total for total, _ in self.classes.values()), Fraction(0))

    def range(self, tolerance, has_minimum):
        low, high, high_open = Fraction(0), Fraction(0), False
        for qualifier, (total, _) in self.classes.items():
            about = abs(total) * tolerance / 100 if qualifier == "about" else 0
            below = qualifier in ("below", "at_most")
            if below and not has_minimum:
                low = None
            if low is not None and not below:
                low += total - about
            if qualifier == "at_least":
                high = None
            elif high is not None:
                high += total + about
            high_open |= qualifier == "below"
        return Range(low, high, False, high_open and high is not None)

    def stored(self, scale):
        return ",".join(f"{letter}{self.classes[name][0] * 10 ** scale}*{self.classes[name][1]}"
                        for name, letter in LETTERS.items() if name in self.classes) or "-"


NOTHING = Operand({})


def printed_qualifier(classes):
    bounds = classes - {"exact", "estimate"}
    if not bounds:
        return "estimate" if "estimate" in classes else "exact"
    if bounds == {"at_least"}:
        return "at_least"
    if bounds <= {"below", "at_most"}:
        return "below" if "below" in bounds else "at_most"
    return "about"


@dataclass(frozen=True)
class Figure:
    numerator: Operand = NOTHING
    denominator: Operand = NOTHING
    oldest: object = None
    bare: bool = False

    @classmethod
    def observed(cls, leaf, period):
        denominator = NOTHING
        if leaf.get("denominator") is not None:
            denominator = Operand.of(leaf["denominator"], leaf.get("denominator_qualifier", "exact"))
        return cls(Operand.of(leaf["value"], leaf.get("qualifier", "exact")), denominator, period,
                   bool(leaf.get("bare")))

    def __bool__(self):
        return bool(self.numerator)

    def __add__(self, other):
        older = [figure.oldest for figure in (self, other) if figure.oldest]
        return Figure(self.numerator + other.numerator, self.denominator + other.denominator,
                      min(older, key=lambda period: (period.last, period.first), default=None))

    @property
    def qualifier(self):
        classes = set(self.numerator.classes)
        return printed_qualifier(classes | {OTHER_WAY.get(name, name) for name in self.denominator.classes})

    def value(self, definition):
        """In the printed unit; None for a zero denominator that makes no value."""
        if self.bare or not (definition.is_quotient and self.denominator):
            return self.numerator.value * (1 if self.bare else definition.factor)
        if self.denominator.value == 0:
            of_nothing = {"zero": Fraction(0), "full": Fraction(1)}.get(definition.zero_denominator)
            return None if of_nothing is None else of_nothing * definition.factor
        return definition.factor * self.numerator.value / self.denominator.value

    def range(self, definition):
        """In the printed unit; None where there is no value."""
        value = self.value(definition)
        if value is None:
            return None
        tolerance = definition.about_tolerance
        if self.bare or not definition.is_quotient:
            has_minimum = definition.has_minimum or definition.is_quotient
            return self.numerator.range(tolerance, has_minimum).times(1 if self.bare else definition.factor)
        above = self.numerator.range(tolerance, True)
        under = self.denominator.range(tolerance, True)
        if under.high == 0:
            return Range(value, value)
        low = Fraction(0) if under.high is None else above.low / under.high
        high = None if under.low == 0 or above.high is None else above.high / under.low
        return Range(low, high, under.high_open, above.high_open and high is not None).times(definition.factor)

    def stored(self, scale):
        oldest = self.oldest or "-"
        return f"{oldest} {self.numerator.stored(scale)} {self.denominator.stored(scale)}"


NO_FIGURE = Figure()
