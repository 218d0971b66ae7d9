"""Random worlds for the oracle: a catalogue in which every rule can happen, and reports that make it so."""

import csv
import io
from datetime import date, datetime, time, timedelta
from random import Random

import calendars as calendar

COLUMNS = {
    "units.csv": "code valid_from valid_to kind role parent name_vi name_en",
    "successions.csv": "date old_code new_code extent",
    "publishers.csv": "publisher units",
    "pillars.csv": "id name_vi name_en order",
    "indicators.csv": "id valid_from pillar name_vi name_en measure across_time factor decimals input_decimals minimum "
                      "about_tolerance unit_label_vi unit_label_en direction reported_by whole_by cadence calendar "
                      "due_working_days zero_denominator definition legal_basis",
    "obligations.csv": "indicator unit kind role cadence due_working_days valid_from valid_to",
    "targets.csv": "indicator unit unit_kind scope shape value value_high baseline baseline_date due curve window amber "
                   "red nature source",
    "milestones.csv": "indicator unit unit_kind date value",
    "indices.csv": "id valid_from valid_to name_vi name_en unit_kind method maximum shown decimals component_decimals "
                   "missing merger published_as",
    "index_components.csv": "index component weight points scoring full_at capped steps zero_denominator",
    "holidays.csv": "date kind name_vi",
    "rules.csv": "id left operator right severity",
}
ACROSS_TIME = {
    "ratio": ["sum", "sum", "", "flow_over_stock", "last", "none"], "rate": ["last", "none"], "distinct": ["last", "none"],
    "count": ["sum", "sum", "last", "cumulative", "none"], "amount": ["sum", "last", "cumulative", "none"],
    "mean": ["mean", "mean", "last", "none"], "rank": ["last", "none"], "index": ["last", "none"],
    "min": ["extreme", "extreme", "last", "none"], "max": ["extreme", "", "last", "none"], "share": ["last", "last", "none"],
}
LENGTHS = ["day", "month", "quarter", "half", "year"]
QUALIFIERS = ["at_least", "below", "about", "estimate", "at_most"]
MERGER = date(2025, 7, 1)
SUCCESSIONS = [date(2025, 4, 1), MERGER, MERGER, date(2025, 10, 1), date(2024, 10, 1)]
YEAR = 2025
DUE = ["2025-03-31", "2025-06-30", "2025-08-15", "2025-12-31", "2026-06-30"]


class World:
    """Provinces with the units under them, one set of indicators; TABLES as the files have them."""

    def __init__(self, seed, attempt=0):
        """Every 40th is large: hundreds of units. ATTEMPT: another one, where the first has an unusable catalogue."""
        self.random = Random(f"{seed}, attempt {attempt}" if attempt else seed)
        self.is_large = seed % 40 == 39
        sizes = [3, 5, 8] if seed < 1000 else [2, 3, 3, 4]  # a thousand worlds are to take minutes
        provinces, indicators = (3, 3) if self.is_large else (2, self.random.choice(sizes))
        self.tables = {name: [] for name in COLUMNS}
        self.codes = [f"{10 + i}" for i in range(provinces)]
        self.now = datetime(2025, 1, 10, 9, 30, tzinfo=calendar.VIETNAM) + timedelta(
            days=self.random.randrange(60, 420), hours=self.random.randrange(12))
        self.years = self.random.choice([(YEAR,), (YEAR,), (YEAR - 1, YEAR)])
        self.add("units.csv", code="VN", kind="nation", name_vi="Việt Nam", name_en="Viet Nam")
        self.add("pillars.csv", id="foundation", name_vi="Nền tảng", name_en="Foundation", order="1")
        for day in ("2025-01-01", "2025-01-28", "2025-01-29", "2025-04-30", "2025-05-01", "2025-09-02"):
            self.add("holidays.csv", date=day, kind="off", name_vi="Nghỉ")
        self.add("holidays.csv", date="2025-04-26", kind="work", name_vi="Làm bù")
        for code in self.codes:
            self.province(code)
        for _ in range(self.random.choice([0, 0, 1, 2])):
            self.succeed(self.random.choice(SUCCESSIONS))
        if provinces > 1 and self.chance(0.5):
            self.merge(self.codes[0], self.codes[1])
        else:
            self.move()
        for number in range(indicators):
            self.indicator(f"i{number}")
        self.observations = []
        first = list({row["id"]: row for row in reversed(self.tables["indicators.csv"])}.values())[::-1]
        for row in first:
            self.obligations_of(row)
        for row in first:
            self.targets_of(row)
            self.report(row)
        own = Random(f"indices of {seed}")
        if own.random() < 0.4:
            self.indices(own)
        self.rules(Random(f"rules of {seed}"))
        own = Random(f"magnitudes of {seed}")
        if own.random() < 0.1:
            self.enlarge(own)

    def add(self, table, **row):
        self.tables[table].append({**{name: "" for name in COLUMNS[table].split()}, **row})
        return self.tables[table][-1]

    def chance(self, probability):
        return self.random.random() < probability

    # ---- units ----

    def unit(self, code, kind, parent, role=""):
        unit = self.add("units.csv", code=code, kind=kind, parent=parent, role=role, name_vi=f"Đơn vị {code}",
                        name_en=f"Unit {code}")
        if kind not in ("province", "district") and self.chance(0.15):
            unit["valid_from"] = self.random.choice(["2025-02-01", "2025-04-01", "2025-07-01", "2025-05-16", "2025-10-01"])
        elif kind != "province" and self.chance(0.15):
            unit["valid_to"] = self.random.choice(["2025-06-30", "2025-03-31", "2025-08-31", "2025-05-15", "2025-12-31"])
        return unit

    def province(self, code):
        for name in ("gw", "gw2"):
            self.add("publishers.csv", publisher=f"{code}.{name}", units=f"{code} {code}/*")
        self.unit(code, "province", "VN")
        parents = [(code, "")]
        for number in range(self.random.randrange(4, 9) if self.is_large else self.random.randrange(3)):
            district = self.unit(f"{code}{number}", "district", code)
            parents.append((district["code"], district["valid_to"]))
        for number in range(self.random.randrange(60, 100) if self.is_large else self.random.randrange(1, 7)):
            parent, end = self.random.choice(parents)
            commune = self.unit(f"{code}{number:03}", "commune", parent)
            self.keep_inside(commune, end)
        for role in ("stat", "health", ""):
            if code == self.codes[-1] or self.chance(0.6):
                department = self.unit(f"{code}.d{role}", "department", code, role)
                if code == self.codes[-1]:
                    department.update(valid_from="", valid_to="")
        if self.chance(0.3) and len(parents) > 1:
            parent, end = parents[1]
            self.keep_inside(self.unit(f"{code}.dd", "department", parent, "stat"), end)
        if self.chance(0.4):
            self.unit(f"{code}.org", "organisation", code)

    @staticmethod
    def keep_inside(unit, end):
        """A unit does not outlive the one above it."""
        if end and (not unit["valid_to"] or unit["valid_to"] > end):
            unit["valid_to"] = end
        if unit["valid_from"] and unit["valid_to"] and unit["valid_from"] > unit["valid_to"]:
            unit["valid_from"] = ""

    def merge(self, one, other):
        """ONE and OTHER become a new OTHER; their units go with them, as they are."""
        eve = (MERGER - timedelta(days=1)).isoformat()
        for unit in list(self.tables["units.csv"]):
            if unit["code"] == "VN" or unit["valid_to"] and unit["valid_to"] <= eve or unit["valid_from"] > eve:
                if unit["valid_from"] > eve and unit["parent"] == one:
                    unit.update(parent=other, role="" if unit["role"] == "stat" else unit["role"])
                continue
            if unit["code"] in (one, other):
                self.add("successions.csv", date=MERGER.isoformat(), old_code=unit["code"], new_code=other, extent="whole")
                if unit["code"] == other:
                    self.add("units.csv", **{**unit, "valid_from": MERGER.isoformat()})
            elif unit["parent"] == one:
                self.add("units.csv", **{**unit, "valid_from": MERGER.isoformat(), "parent": other,
                                         "role": "" if unit["role"] == "stat" else unit["role"]})
            else:
                continue
            unit["valid_to"] = eve

    def succeed(self, day):
        """Some units of a kind and parent become one or two new ones; part of one may go elsewhere."""
        eve = (day - timedelta(days=1)).isoformat()
        living = [unit for unit in self.tables["units.csv"] if unit["kind"] in ("commune", "district", "organisation")
                  and unit["valid_from"] <= eve and (not unit["valid_to"] or unit["valid_to"] > eve)]
        if not living:
            return
        model = self.random.choice(living)
        alike = [unit for unit in living if unit is not model and (unit["kind"], unit["parent"]) ==
                 (model["kind"], model["parent"])]
        olds = [model] + self.random.sample(alike, min(len(alike), self.random.randrange(3)))
        number = len(self.tables["units.csv"])
        codes = [self.random.choice([f"{model['code']}n{number}", model["code"]])]
        if self.chance(0.4):
            codes.append(f"{model['code']}x{number}")
        above = [unit["valid_to"] for unit in self.tables["units.csv"] if unit["code"] == model["parent"]]
        for code in codes:
            new = self.add("units.csv", **{**model, "code": code, "valid_from": day.isoformat(), "valid_to": ""})
            if "" not in above:
                new["valid_to"] = max(above)
        for old in olds:
            split = len(codes) > 1 and self.chance(0.5)
            only = codes[0] if codes[0] == old["code"] else self.random.choice(codes)  # a code used again needs its row
            for code in codes if split else [only]:
                self.add("successions.csv", date=day.isoformat(), old_code=old["code"], new_code=code,
                         extent="part" if split else "whole")
            self.children_go(old["code"], day, eve, codes[0])
            old["valid_to"] = eve
        reached = {row["new_code"] for row in self.tables["successions.csv"] if row["date"] == day.isoformat()}
        self.tables["units.csv"] = [unit for unit in self.tables["units.csv"] if unit["code"] not in codes
                                    or unit["code"] in reached or unit["valid_from"] != day.isoformat()]

    def children_go(self, parent, day, eve, new):
        """Those under PARENT remain the same units under NEW."""
        for unit in list(self.tables["units.csv"]):
            if unit["parent"] != parent:
                continue
            if unit["valid_from"] > eve:
                unit["parent"] = new
            elif not unit["valid_to"] or unit["valid_to"] > eve:
                self.add("units.csv", **{**unit, "valid_from": day.isoformat(), "parent": new})
                unit["valid_to"] = eve

    def move(self):
        """Without a succession: a unit goes to another parent, or has another kind, and remains the same unit."""
        for unit in list(self.tables["units.csv"]):
            day = date.fromisoformat(self.random.choice(["2025-05-16", "2025-07-01"]))
            eve = (day - timedelta(days=1)).isoformat()
            if unit["kind"] not in ("commune", "organisation") or not self.chance(0.3) or \
                    unit["valid_from"] > eve or unit["valid_to"] and unit["valid_to"] <= eve:
                continue
            new = self.add("units.csv", **{**unit, "valid_from": day.isoformat()})
            unit["valid_to"] = eve
            if self.chance(0.5):
                new["parent"] = unit["code"][:2]
            elif unit["kind"] == "organisation":
                new["kind"] = "department"

    # ---- indicators, obligations, targets ----

    def indicator(self, name):
        pick = self.random.choice
        measure = pick(["ratio"] * 4 + ["count"] * 4 + ["amount"] * 2 + ["mean"] * 2 + ["min", "max", "share"] * 2 +
                       ["rate", "distinct", "rank", "index"])
        reporters = ["commune", "district", "department", "department:health", "organisation", "province"]
        whole_by = pick([[], [], ["province"], ["province"], ["province", "department:stat"],
                         ["department:stat", "province"], ["department:stat"], ["province", "district"], ["district"]])
        kinds = {entry.split(":")[0] for entry in whole_by}
        reported_by = [entry for entry in self.random.sample(reporters, self.random.randrange(1, 4))
                       if entry.split(":")[0] not in kinds]
        if not reported_by and not whole_by:
            reported_by = ["commune"]
        if measure == "share":
            reported_by = reported_by or ["commune"]
        decimals = self.random.randrange(3)
        self.add("indicators.csv", id=name, pillar="foundation", name_vi=f"Chỉ số {name}", name_en=f"Indicator {name}",
                 measure=measure, across_time=pick(ACROSS_TIME[measure]),
                 factor=pick(["100", "100", "1", "1000"]) if measure in ("ratio", "share") else
                 pick(["", "", "1", "0.001"]),
                 decimals=str(decimals), input_decimals="0" if measure == "share" else
                 pick(["", str(self.random.randrange(3))]), calendar=pick(["", "", "statistical", "administrative"]),
                 minimum=pick(["0", "0", ""]), about_tolerance=pick(["", "5", "12.5"]),
                 direction=pick(["up", "up", "down", "none", ""]), reported_by=" ".join(reported_by),
                 whole_by=" ".join(whole_by), cadence=pick(["month"] * 6 + ["quarter"] * 3 + ["half", "year", "day"]),
                 due_working_days=pick(["", "", "3", "10"]), zero_denominator=pick(["", "", "zero", "full"]),
                 unit_label_vi="%", unit_label_en="%")
        if self.chance(0.15):
            self.new_version(self.tables["indicators.csv"][-1])

    def new_version(self, row):
        """The same indicator defined otherwise."""
        pick = self.random.choice
        self.add("indicators.csv", **{
            **row, "valid_from": pick(["2025-01-01", "2025-04-01", "2025-05-16", "2025-07-01"]),
            "decimals": pick(["0", "1", "2"]), "input_decimals": "0" if row["measure"] == "share" else pick(["", "1"]), "direction": pick(["up", "down", ""]),
            "reported_by": pick([row["reported_by"], row["reported_by"].partition(" ")[0]]),
            "zero_denominator": pick(["", "zero", "full"]), "due_working_days": pick(["", "5"])})

    def version(self, indicator, day):
        """The row of indicators.csv in force on DAY."""
        return max((row for row in self.tables["indicators.csv"] if row["id"] == indicator and row["valid_from"] <= day),
                   key=lambda row: row["valid_from"])

    def obligations_of(self, indicator):
        lengths = LENGTHS[LENGTHS.index(indicator["cadence"]):]
        seen = set()
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2, 3])):
            unit = self.random.choice(self.tables["units.csv"][1:])
            choice = {"unit": unit["code"]}, {"kind": unit["kind"]}, {"kind": unit["kind"], "unit": unit["parent"]}, \
                {"kind": unit["kind"], "role": unit["role"]}
            row = self.random.choice(choice)
            if row.get("unit") == "VN" or tuple(sorted(row.items())) in seen:
                continue
            seen.add(tuple(sorted(row.items())))
            self.add("obligations.csv", indicator=indicator["id"], **row,
                     cadence=self.random.choice([*lengths, "none", ""]),
                     due_working_days=self.random.choice(["", "2", "15"]),
                     valid_from=self.random.choice(["", "", "", "2025-04-01", "2025-01-01"]),
                     valid_to=self.random.choice(["", "", "", "2025-09-30"]))

    def targets_of(self, indicator):
        for _ in range(self.random.choice([0, 2, 4, 6, 8])):
            unit = self.random.choice(self.tables["units.csv"][1:])
            scope = self.random.choice(["unit", "unit", "each", "level"])
            if self.chance(0.5):
                unit = self.random.choice([u for u in self.tables["units.csv"] if u["kind"] == "province"])
            row = {"unit": unit["code"], "scope": scope, "indicator": indicator["id"]}
            if scope != "unit":
                row["unit"] = self.random.choice(self.codes)
                row["unit_kind"] = self.random.choice(["commune", "district", "department"])
            self.shape_of(row, indicator)
            row["nature"] = self.random.choice(["target", "target", "target", "", "forecast"])
            same = [(t["unit"], t["scope"], t["unit_kind"], t["nature"] or "target", t["due"])
                    for t in self.tables["targets.csv"] if t["indicator"] == indicator["id"]]
            mine = (row["unit"], row["scope"], row.get("unit_kind", ""), row["nature"] or "target", row.get("due", ""))
            if mine not in same:
                self.add("targets.csv", **row)

    def shape_of(self, row, indicator):
        number = self.random.randrange
        scale = self.typical(indicator)
        shape = self.random.choice(["at_least", "at_least", "at_least", "above", "at_most", "below", "between", "maintain",
                                    "done_by", "increase_each_year", "increase_each_year"])
        curve = self.random.choice(["linear", "linear", "hold", "due", "", "steps", "cumulative"])
        if curve == "cumulative" and (indicator["across_time"] not in ("sum", "cumulative") or shape != "at_least"):
            curve = "linear"
        if shape == "increase_each_year":
            row["shape"] = shape
            self.tolerances_of(row)
            row["window"] = self.random.choice(["", "", "year_to_date"])
            if self.chance(0.5):
                row["due"] = self.random.choice(DUE)
            return
        low = number(0, scale * 2) + self.random.choice([0, 0.5])
        row["shape"] = shape
        if shape != "done_by":
            row["value"] = f"{low:g}"
        if shape == "between":
            row["value_high"] = f"{low + number(1, scale + 1):g}"
        if curve == "linear" and shape not in ("maintain", "done_by"):
            down = shape in ("at_most", "below")
            row["baseline"] = f"{low + number(1, scale + 1) if down else low - number(1, scale + 1):g}"
            if shape == "between" and self.chance(0.3):
                row["baseline"] = row["value"]
            row["baseline_date"] = self.random.choice(["2024-12-31", "2025-02-15"])
        elif curve in ("linear", "steps", "cumulative") and shape in ("maintain", "done_by", "between"):
            curve = ""
        if curve == "cumulative" and self.chance(0.5):
            row["baseline"], row["baseline_date"] = f"{low / 4:g}", self.random.choice(["2024-12-31", "2025-02-15"])
        if curve == "linear" and not row.get("baseline"):
            curve = ""
        if shape == "maintain":
            curve = self.random.choice(["", "hold"])
            if self.chance(0.3):
                row["baseline"] = row.pop("value")
        row["curve"] = "" if shape == "done_by" else curve
        if curve in ("linear", "due", "steps", "cumulative") or shape == "done_by" or self.chance(0.5):
            row["due"] = self.random.choice(DUE)
        row["window"] = self.random.choice(["", "", "", "cadence", "year_to_date"])
        self.tolerances_of(row)
        if curve == "steps":
            self.milestones_of(row, low, shape in ("at_most", "below"))

    def tolerances_of(self, row):
        if self.chance(0.6):
            row["amber"], row["red"] = self.random.choice([("1", "3"), ("5%", "10%"), ("2.5", ""), ("", "20%")])
            if row["amber"] and not row["red"]:
                row["red"] = row["amber"]

    def milestones_of(self, row, value, down):
        key = row["indicator"], row["unit"], row.get("unit_kind", "")
        if key in {(m["indicator"], m["unit"], m["unit_kind"]) for m in self.tables["milestones.csv"]}:
            return
        for number, day in enumerate(sorted(self.random.sample(["2025-01-31", "2025-02-28", "2025-05-15"], 2))):
            step = value + (3 - number if down else number - 3)
            self.add("milestones.csv", indicator=row["indicator"], unit=row["unit"], unit_kind=row.get("unit_kind", ""),
                     date=day, value=f"{step:g}")

    # ---- reports ----

    @staticmethod
    def typical(indicator):
        """About how large a printed figure is."""
        if indicator["measure"] in ("ratio", "share"):
            return int(float(indicator["factor"] or 1)) or 1
        return 20

    @staticmethod
    def is_named(entry, unit):
        kind, _, role = entry.partition(":")
        return kind == unit["kind"] and role in ("", unit["role"])

    def may_report(self, indicator, unit, day):
        if any(self.is_named(entry, unit) for entry in (indicator["reported_by"] + " " + indicator["whole_by"]).split()):
            return True
        return any(o["indicator"] == indicator["id"] and not o["kind"] and o["unit"] == unit["code"]
                   and o["valid_from"] <= day and (not o["valid_to"] or day <= o["valid_to"])
                   for o in self.tables["obligations.csv"])

    def windows_to_report(self, indicator, year, half, month):
        administrative = indicator["calendar"] == "administrative"

        def window(kind, first, day=1):
            return calendar.window(kind, year, first, day, administrative)
        windows = [window("year", 1), window("half", half)]
        quarters = [window("quarter", month)] * 2 + [window("quarter", half + 3)]
        if "+interval" in indicator["cadence"]:
            windows.append(calendar.parse(f"{year}-{half:02}-05/{year}-{month + 2:02}-20", administrative))
        cadence = indicator["cadence"].split("+")[0]
        windows += quarters + [p for q in quarters for p in calendar.parts(q)] * 2 + [window("nine", 1)]
        if cadence == "day":
            windows += [window("day", month, 1 + self.random.randrange(28)) for _ in range(6)]
            windows += [window("day", month, day) for day in (1, 2, 14, 15, 27, 28)]
        return sorted({p for p in windows if p.kind == "interval" or cadence in calendar.CONSISTS_OF[p.kind]})

    def report(self, indicator):
        half = self.random.choice([1, 7])
        month = half + self.random.choice([0, 3])
        if self.chance(0.3):
            for row in self.tables["indicators.csv"]:
                row["cadence"] += "+interval" * (row["id"] == indicator["id"])
        windows = [window for year in self.years for window in self.windows_to_report(indicator, year, half, month)]
        cadence = indicator["cadence"].split("+")[0]
        density, strange = self.random.choice([0.3, 0.6, 0.9]), self.random.choice([0, 0, 0.2, 0.5])
        for unit in self.tables["units.csv"]:
            if self.chance(0.1):
                continue
            for period in windows:
                weight = density * (1 if period.kind in ("day", "month", cadence) else 0.35)
                last = period.last.isoformat()
                if not self.chance(weight) or period.first > self.now.date() or last < unit["valid_from"] or \
                        unit["valid_to"] and last > unit["valid_to"]:
                    continue
                version = self.version(indicator["id"], last)
                if self.may_report(version, unit, last):
                    self.figures(version, unit, period, strange)

    def figures(self, indicator, unit, period, strange):
        revision = 0
        whole = any(self.is_named(entry, unit) for entry in indicator["whole_by"].split())
        for _ in range(1 + self.chance(0.25) + self.chance(0.1)):
            revision += self.random.choice([1, 1, 1, 2, 7])
            self.observations.append({
                "unit": unit["code"], "period": str(period), "first": period.first.isoformat(),
                "day": period.last.isoformat(), "indicator": indicator["id"], "revision": revision,
                **self.figure(indicator, strange, whole)})

    @staticmethod
    def begun(observations):
        """When it may be reported at the earliest."""
        first = max(date.fromisoformat(one["first"]) for one in observations)
        return datetime.combine(first, time(), calendar.VIETNAM)

    def figure(self, indicator, strange, whole):
        if self.chance(0.08):
            return {"withdrawn": True}
        if self.chance(0.08 + strange / 3):
            return {"not_applicable": True}
        decimals = int(indicator["input_decimals"] or indicator["decimals"])
        measure = indicator["measure"]
        figure = {}
        value = self.number(measure, decimals)
        if measure in ("count", "amount", "rate", "index", "distinct") and not indicator["minimum"] and self.chance(0.2):
            value = "-" + value
        if measure == "ratio":
            denominator = self.number(measure, decimals) if self.chance(0.93) else "0"
            numerator = min(value, denominator, key=float) if self.chance(0.95) else value
            figure = {"value": numerator if float(denominator) else "0", "denominator": denominator}
        elif measure == "mean":
            count = self.random.randrange(0, 6)
            figure = {"value": value if count else "0", "denominator": str(count)}
        elif measure == "share":
            figure = {"value": str(self.random.randrange(2))}
            if whole and self.chance(0.8):
                count = self.random.randrange(1, 9)
                return {"value": str(self.random.randrange(count + 1)), "denominator": str(count)}
            return figure
        elif measure == "rank":
            figure = {"value": str(1 + self.random.randrange(30))}
            if self.chance(0.5):
                figure["denominator"] = "63"
        else:
            figure = {"value": value}
        if measure in ("ratio", "mean") and self.chance(0.05 + strange / 2):
            figure = {"value": self.number("rate", decimals), "bare": True}
        if self.chance(strange) and not figure["value"].startswith("-"):
            figure["qualifier"] = self.random.choice(QUALIFIERS)
        if figure.get("denominator") and measure in ("ratio", "mean") and self.chance(strange):
            figure["denominator_qualifier"] = self.random.choice(QUALIFIERS)
        return figure

    def number(self, measure, decimals):
        whole = self.random.randrange(0, 60) if measure in ("ratio", "rate") else self.random.randrange(0, 12)
        if decimals and self.chance(0.5):
            return f"{whole}.{self.random.randrange(10 ** decimals):0{decimals}}"
        return str(whole)

    # ---- the largest numbers that are admitted ----

    def enlarge(self, random):
        """Most figures of one indicator come near 2^52; from random numbers of their own."""
        name = random.choice(self.tables["indicators.csv"])["id"]
        for observation in self.observations:
            row = self.version(name, observation["day"])
            if observation["indicator"] != name or row["measure"] in ("share", "rank") or random.random() < 0.2:
                continue
            decimals = int(row["input_decimals"] or row["decimals"])
            for member in ("value", "denominator"):
                if float(observation.get(member, "0")) > 0:
                    digits = f"{2 ** 52 - random.randrange(1000):0{decimals + 1}}"
                    observation[member] = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits

    # ---- indices ----

    def indices(self, random):
        """An index of indicators, and one that nests it; from random numbers of their own."""
        pick = random.choice
        first = list({row["id"]: row for row in self.tables["indicators.csv"]}.values())
        calendar_of = {row["id"]: row["calendar"] or "statistical" for row in first}
        wanted = pick(sorted(set(calendar_of.values())))
        names = [name for name, own in calendar_of.items() if own == wanted]
        kind = pick(["province", "province", "commune", "district"])
        for index in ["x"] + ["y"] * (random.random() < 0.5):
            self.add("indices.csv", id=index, name_vi=f"Chỉ số {index}", name_en=f"Index {index}", unit_kind=kind,
                     method=pick(["points", "weighted_mean"]), maximum=pick(["", "", "1", "7.5"]),
                     shown=pick(["", "points", "fraction"]), decimals=pick(["", "2", "4"]),
                     component_decimals=pick(["", "", "1"]), missing=pick(["", "incomplete", "zero"]),
                     merger=pick(["", "none", "mean"]), published_as=pick(["", "", pick(names)]))
            components = random.sample(names, random.randrange(1, min(3, len(names)) + 1)) + ["x"] * (index == "y")
            for component in components:
                row = {"index": index, "component": component, "weight": pick(["", "2", "100"]),
                       "points": pick(["", "6", "2.5"]), "full_at": pick(["", "0.8", "20"]),
                       "capped": pick(["", "yes", "no"]), "zero_denominator": pick(["", "", "full", "zero", "not_applicable"])}
                scoring = pick(["linear", "", "linear", "steps", "none"])
                if scoring == "steps":
                    row.update(steps="0.1:1 0.5:1.5 3:2", full_at="", capped="")
                if component == "x":
                    row.update(zero_denominator="")
                self.add("index_components.csv", **row, scoring=scoring)

    # ---- rules ----

    def rules(self, random):
        """What indicators of one calendar must be to each other; from random numbers of their own."""
        first = {row["id"]: row for row in reversed(self.tables["indicators.csv"])}.values()
        of_calendar = {}
        for row in first:
            if row["measure"] not in ("ratio", "mean", "share"):
                of_calendar.setdefault(row["calendar"] == "administrative", []).append(row["id"])
        for names in of_calendar.values():
            for number in range(3 * (len(names) > 1)):
                terms = random.sample(names, random.randrange(2, min(3, len(names)) + 1))
                self.add("rules.csv", id=f"{terms[0]}.{number}", left=" + ".join(terms[1:]), right=terms[0],
                         operator=random.choice(["=", "<=", ">=", "<", ">"]), severity=random.choice(["", "warning"]))

    # ---- as files ----

    def drop(self, findings):
        """Takes out the rows that the catalogue check refuses ("targets.csv:7:10: error: …"). Did it find any?"""
        lines = {tuple(finding.split(":")[:2]) for finding in findings if ": error: " in finding}
        dropped = False
        for name in ("targets.csv", "obligations.csv", "milestones.csv", "indices.csv", "index_components.csv",
                     "rules.csv"):
            kept = [row for line, row in enumerate(self.tables[name], 2) if (name, str(line)) not in lines]
            dropped, self.tables[name] = dropped or len(kept) < len(self.tables[name]), kept
        self.observations = [o for o in self.observations if any(
            unit["code"] == o["unit"] and self.may_report(self.version(o["indicator"], o["day"]), unit, o["day"])
            for unit in self.tables["units.csv"] if unit["valid_from"] <= o["day"] <= (unit["valid_to"] or "9"))]
        return dropped

    # ---- what is looked at ----

    def windows(self):
        """Names of windows: those of the years, and whatever was reported."""
        names = {observation["period"] for observation in self.observations}
        for year in self.years:
            names |= {f"{year}", f"{year}-9M", *(f"{year}-H{n}" for n in (1, 2)), *(f"{year}-Q{n}" for n in range(1, 5)),
                      *(f"{year}-{n:02}" for n in range(1, 13))}
        return sorted(name for name in names if calendar.parse(name).first <= self.now.date())

    def histories(self):
        """(window, day of the boundaries): before and after every succession."""
        days = sorted({date.fromisoformat(row["date"]) for row in self.tables["successions.csv"]})
        return [(name, day) for day in days + [day - timedelta(days=1) for day in days[:1]] for name in self.windows()
                if "-" not in name or name[5] in "HQ9" or self.chance(0.3)]

    def pillar_windows(self):
        return [f"{YEAR}", f"{YEAR}-Q1", f"{YEAR}-H2"]

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, COLUMNS[name].split())
            writer.writeheader()
            writer.writerows(rows)
            (folder / name).write_text(text.getvalue(), encoding="utf-8")
