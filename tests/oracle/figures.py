"""Figures with their qualifiers, and where the truth lies, for the oracle: fractions only."""

from dataclasses import dataclass
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
    """Where the truth lies. None is infinite; an open end does not belong to it."""
    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def times(self, factor):
        return Range(None if self.low is None else self.low * factor, None if self.high is None else self.high * factor,
                     self.low_open, self.high_open)

    def __add__(self, other):
        low = None if None in (self.low, other.low) else self.low + other.low
        high = None if None in (self.high, other.high) else self.high + other.high
        return Range(low, high, low is not None and (self.low_open or other.low_open),
                     high is not None and (self.high_open or other.high_open))

    def __sub__(self, other):
        low = None if self.low is None or other.high is None else self.low - other.high
        high = None if self.high is None or other.low is None else self.high - other.low
        return Range(low, high, low is not None and (self.low_open or other.high_open),
                     high is not None and (self.high_open or other.low_open))


def one_range(value, qualifier, tolerance, has_minimum):
    """S3's table. Only figures from 0 on have bounds."""
    least = Fraction(0) if has_minimum else None
    about = abs(value) * tolerance / 100
    return {
        "exact": Range(value, value), "estimate": Range(value, value), "at_least": Range(value, None),
        "below": Range(least, value, False, True), "at_most": Range(least, value),
        "about": Range(value - about, value + about),
    }[qualifier]


@dataclass(frozen=True)
class Operand:
    """Qualifier → (sum, or of extremes the extreme, and how many)."""
    classes: dict

    @classmethod
    def of(cls, value, qualifier):
        return cls({qualifier: (Fraction(value), 1)})

    def join(self, other, joining):
        """JOINING: sum, min or max, of two numbers."""
        classes = dict(self.classes)
        for qualifier, (number, count) in other.classes.items():
            before = classes.get(qualifier)
            classes[qualifier] = (joining((before[0], number)), before[1] + count) if before else (number, count)
        return Operand(classes)

    def __bool__(self):
        return bool(self.classes)

    @property
    def count(self):
        return sum(count for _, count in self.classes.values())

    def value(self, joining=sum):
        numbers = [number for number, _ in self.classes.values()]
        return joining(numbers) if numbers else Fraction(0)

    def ranges(self, tolerance, has_minimum):
        return {name: one_range(number, name, tolerance, has_minimum) for name, (number, _) in self.classes.items()}

    def range(self, tolerance, has_minimum, joining=sum):
        ranges = list(self.ranges(tolerance, has_minimum).values())
        if joining is sum:
            return sum(ranges, Range(Fraction(0), Fraction(0)))
        return extreme_of(ranges, joining)

    def could_pass(self, tolerance, has_minimum, joining):
        """Of an extreme: the classes that have the printed value, or could pass it."""
        value = self.value(joining)
        found = set()
        for name, one in self.ranges(tolerance, has_minimum).items():
            end = one.low if joining is min else one.high
            passes = end is None or (end < value if joining is min else end > value)
            if passes or self.classes[name][0] == value:
                found.add(name)
        return found

    def stored(self, scale):
        return ",".join(f"{letter}{self.classes[name][0] * 10 ** scale}*{self.classes[name][1]}"
                        for name, letter in LETTERS.items() if name in self.classes) or "-"


NOTHING = Operand({})


def extreme_of(ranges, joining):
    """Between the extreme of the low ends and that of the high ends; it can lie on an end that one of those which
    decide it reaches: the smallest of x < 5 and y = 5 is below 5, the largest may be 5."""
    infinite_wins_low, infinite_wins_high = joining is min, joining is max
    lows, highs = [one.low for one in ranges], [one.high for one in ranges]
    low = None if (None in lows if infinite_wins_low else set(lows) == {None}) else \
        joining(number for number in lows if number is not None)
    high = None if (None in highs if infinite_wins_high else set(highs) == {None}) else \
        joining(number for number in highs if number is not None)
    at_high = [one.high_open for one in ranges if one.high == high and high is not None]
    is_open = any(at_high) if joining is min else bool(at_high) and all(at_high)
    return Range(low, high, False, is_open)


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
    """What was observed, or what several figures make together."""
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

    def join(self, other, joining):
        older = [figure.oldest for figure in (self, other) if figure.oldest]
        return Figure(self.numerator.join(other.numerator, joining), self.denominator.join(other.denominator, sum),
                      min(older, key=lambda period: (period.last, period.first), default=None))

    def over(self, later):
        """Sums of a flow over the stock at the end: the denominator of LATER alone, if it has one."""
        joined = self.join(later, sum)
        return Figure(joined.numerator, later.denominator, joined.oldest)

    def qualifier(self, definition):
        if definition.is_extreme and not self.bare:
            return printed_qualifier(
                self.numerator.could_pass(definition.about_tolerance, definition.has_minimum, definition.joining))
        return printed_qualifier(
            set(self.numerator.classes) | {OTHER_WAY.get(name, name) for name in self.denominator.classes})

    def stored(self, scale):
        oldest = self.oldest or "-"
        return f"{oldest} {self.numerator.stored(scale)} {self.denominator.stored(scale)}"


NO_FIGURE = Figure()


def quotient_range(above, under):
    """n.lo/d.hi to n.hi/d.lo, x/∞ = 0, x/0 = ∞."""
    low = Fraction(0) if under.high is None else above.low / under.high
    high = None if under.low == 0 or above.high is None else above.high / under.low
    return Range(low, high, under.high_open and low != 0, above.high_open and high is not None)
