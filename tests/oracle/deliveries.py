"""A world's observations as reports on their way: split, repeated, shuffled."""

from collections import defaultdict
from fractions import Fraction

from catalogue import Units
from calendars import parse

QUALIFIER_NUMBERS = {"exact": 0, "at_least": 1, "below": 2, "about": 3, "estimate": 4, "at_most": 5}


def scaled(texts):
    """Numbers as integers with one scale."""
    scale = max((len(text.partition(".")[2]) for text in texts), default=0)
    return [int(Fraction(text) * 10 ** scale) for text in texts], scale


def message(observation):
    """The fields of an Observation as the wire has them."""
    numbers = [observation[name] for name in ("value", "denominator") if observation.get(name) is not None]
    integers, scale = scaled(numbers)
    fields = {"indicator": observation["indicator"], "scale": scale,
              **dict(zip(("value", "denominator"), integers))}
    for name in ("qualifier", "denominator_qualifier"):
        if name in observation:
            fields[name] = QUALIFIER_NUMBERS[observation[name]]
    for name in ("bare", "not_applicable", "withdrawn"):
        if observation.get(name):
            fields[name] = True
    return fields


def deliveries(world, random):
    """(province, unit, period, revision, observations), each an argument of Report: split as it comes, some twice."""
    groups = defaultdict(dict)
    for observation in world.observations:
        for _ in range(1 + (random.random() < 0.3)):
            # The calendars name windows alike, but a unit's province may differ on their last days.
            key = observation["unit"], observation["period"], observation["day"], observation["revision"], \
                random.randrange(3)
            groups[key][observation["indicator"]] = observation
    units = Units(world.tables["units.csv"], world.tables["successions.csv"])
    reports = []
    for (unit, period, day, revision, _), members in groups.items():
        day = parse(period, False).last.fromisoformat(day)
        province = units.province(units.at(unit, day), day)
        reports.append((province, unit, period, revision, list(members.values())))
    reports += [random.choice(reports) for _ in range(len(reports) // 5)] if reports else []
    random.shuffle(reports)
    return reports
