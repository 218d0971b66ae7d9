#!/usr/bin/env python3
"""The largest catalogue: all of Viet Nam with its history, always the same.

Usage: country.py FOLDER

63 provinces and 10,035 communes until 30/06/2025, 34 and 3,321 from the next day, what became of each, a department
of justice in every province, 200 indicators of all measures, targets and obligations of most, two indices, rules,
gateways and contacts.
"""

import csv
import sys
from pathlib import Path

OLD_PROVINCES, PROVINCES = 63, 34
OLD_COMMUNES, COMMUNES = 10_035, 3_321
INDICATORS = 200
LAST_OLD, FIRST_NEW = "2025-06-30", "2025-07-01"

PILLARS = ("digital_government", "digital_economy", "digital_society", "foundation")
# measure, across_time, factor, decimals, minimum: one of each in turn.
KINDS = (
    ("ratio", "sum", "100", "1", "0"), ("count", "sum", "", "", "0"), ("ratio", "flow_over_stock", "100", "1", "0"),
    ("amount", "sum", "", "2", ""), ("count", "last", "", "", "0"), ("mean", "mean", "", "1", "0"),
    ("max", "extreme", "", "", "0"), ("share", "last", "100", "1", "0"), ("count", "cumulative", "", "", "0"),
    ("ratio", "last", "100", "1", "0"),
)


def province(number):
    return f"{number + 1:02d}"


def old_province(number):
    return f"c{number + 1:02d}"


def units():
    """Codes do not come back: an old unit's begins with a letter."""
    yield "code", "valid_from", "valid_to", "kind", "role", "parent", "name_vi", "name_en"
    yield "VN", "", "", "nation", "", "", "Việt Nam", "Viet Nam"
    for i in range(OLD_PROVINCES):
        code = old_province(i)
        yield code, "", LAST_OLD, "province", "", "VN", f"Tỉnh cũ số {i + 1}", f"Former province {i + 1}"
        yield f"{code}.stp", "", LAST_OLD, "department", "justice", code, f"Sở Tư pháp tỉnh cũ số {i + 1}", ""
    for i in range(PROVINCES):
        code = province(i)
        yield code, FIRST_NEW, "", "province", "", "VN", f"Tỉnh số {i + 1}", f"Province {i + 1}"
        yield f"{code}.stp", FIRST_NEW, "", "department", "justice", code, f"Sở Tư pháp tỉnh số {i + 1}", ""
    for i in range(OLD_COMMUNES):
        yield (f"x{i:05d}", "", LAST_OLD, "commune", "", old_province(i % OLD_PROVINCES), f"Xã cũ số {i + 1}",
               f"Former commune {i + 1}")
    for i in range(COMMUNES):
        yield f"{i:05d}", FIRST_NEW, "", "commune", "", province(i % PROVINCES), f"Xã số {i + 1}", f"Commune {i + 1}"


def successions():
    """Every 19th old commune passes in two parts."""
    yield "date", "old_code", "new_code", "extent"
    for i in range(OLD_PROVINCES):
        yield FIRST_NEW, old_province(i), province(i % PROVINCES), "whole"
    for i in range(OLD_COMMUNES):
        split = i % 19 == 0
        yield FIRST_NEW, f"x{i:05d}", f"{i % COMMUNES:05d}", "part" if split else "whole"
        if split:
            yield FIRST_NEW, f"x{i:05d}", f"{(i + 1) % COMMUNES:05d}", "part"


def pillars():
    yield "id", "name_vi", "name_en", "order"
    for order, pillar in enumerate(PILLARS):
        yield pillar, f"Trụ cột {order + 1}", pillar.replace("_", " "), order


def indicator(number):
    return f"{PILLARS[number % 4].split('_')[-1]}.indicator_{number:03d}"


def indicators():
    yield ("id", "pillar", "name_vi", "name_en", "measure", "across_time", "factor", "decimals", "minimum", "direction",
           "reported_by", "whole_by", "cadence", "due_working_days", "legal_basis")
    for i in range(INDICATORS):
        measure, across_time, factor, decimals, minimum = KINDS[i % len(KINDS)]
        yield (indicator(i), PILLARS[i % 4], f"Chỉ tiêu chuyển đổi số số {i + 1}", f"Digital indicator {i + 1}", measure,
               across_time, factor, decimals, minimum, "up", "commune",
               "department:justice province" if i % 5 == 0 else "province", "month", 5, "QĐ 749/QĐ-TTg")


def obligations():
    """Communes that report one indicator by the quarter."""
    yield "indicator", "unit", "cadence"
    for i in range(COMMUNES):
        yield indicator(1), f"{i:05d}", "quarter"


def targets():
    """Each province's own and its communes'; one in ten counts working days."""
    yield ("indicator", "unit", "unit_kind", "scope", "shape", "value", "baseline", "baseline_date", "due", "curve",
           "amber", "red", "source")
    for i in range(INDICATORS):
        ways = ("cumulative" if KINDS[i % len(KINDS)][1] in ("sum", "cumulative") and i % 10 == 1 else "linear")
        for k in range(PROVINCES):
            yield (indicator(i), province(k), "", "", "at_least", 80, 40, FIRST_NEW, "2026-12-31", ways, "2", "5%",
                   f"KH {k + 1}/KH-UBND")
            yield (indicator(i), province(k), "commune", "each", "at_least", 70, "", "", "2026-12-31", "", "", "",
                   f"KH {k + 1}/KH-UBND")


def indices():
    yield "id", "name_vi", "unit_kind", "method", "decimals"
    yield "score.part", "Chỉ số thành phần", "province", "points", 2
    yield "score", "Chỉ số tổng hợp", "province", "weighted_mean", 4


def components():
    yield "index", "component", "weight", "points"
    for i in range(0, INDICATORS, 10):
        yield "score.part", indicator(i), 1, 5
        yield "score", indicator(i), 10, 1
    yield "score", "score.part", 100, 1


def rules():
    yield "id", "left", "operator", "right", "severity"
    for i in range(20):
        yield f"rule_{i}", f"{indicator(10 * i + 1)} + {indicator(10 * i + 4)}", ">=", indicator(10 * i + 8), "warning"


def holidays():
    yield "date", "kind", "name_vi"
    for year in range(2020, 2031):
        for day in ("01-01", "04-30", "05-01", "09-02"):
            yield f"{year}-{day}", "off", "Ngày lễ"


def publishers():
    yield "publisher", "units"
    for i in range(PROVINCES):
        yield f"{province(i)}.gateway", f"{province(i)} {province(i)}/*"


def contacts():
    yield "unit", "post", "name_vi", "language", "channel", "address", "min_severity", "escalate_after_hours"
    for i in range(COMMUNES):
        yield f"{i:05d}", "Chủ tịch", f"Nguyễn Văn {i}", "vi", "mail", f"xa{i}@example.org", "warning", 24


FILES = {"units.csv": units, "successions.csv": successions, "pillars.csv": pillars, "indicators.csv": indicators,
         "obligations.csv": obligations, "targets.csv": targets, "indices.csv": indices,
         "index_components.csv": components, "rules.csv": rules, "holidays.csv": holidays,
         "publishers.csv": publishers, "contacts.csv": contacts}


def write(folder):
    """Writes the catalogue into FOLDER, which is made."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in FILES.items():
        with open(folder / name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows())


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    write(sys.argv[1])
