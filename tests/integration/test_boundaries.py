"""History across a merger of provinces, through the whole pipeline: STATISTICS S5's example in a world of its own,
after the merger (the fixtures' clock stands before it)."""

import json
import unittest

from harness import Bus, until
from mqtt_client import Viewer

CLOCK = "2026-02-02T08:00:00+07:00"
FILES = {
    "units.csv": """code,valid_from,valid_to,kind,role,parent,name_vi,name_en
VN,,,nation,,,Việt Nam,Viet Nam
35,,2025-06-30,province,,VN,Hà Nam,Ha Nam
36,,2025-06-30,province,,VN,Nam Định,Nam Dinh
37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh
37,2025-07-01,,province,,VN,Ninh Bình mới,New Ninh Binh
00001,,2025-06-30,commune,,36,Xã A,A
00002,2025-07-01,,commune,,37,Xã B,B
00003,2025-07-01,,commune,,37,Xã C,C
35.vp,,2025-06-30,department,office,35,Văn phòng,Office
""",
    "successions.csv": """date,old_code,new_code,extent
2025-07-01,35,37,whole
2025-07-01,36,37,whole
2025-07-01,37,37,whole
2025-07-01,00001,00002,part
2025-07-01,00001,00003,part
""",
    "pillars.csv": "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n",
    "indicators.csv": """id,pillar,name_vi,name_en,measure,across_time,decimals,reported_by,cadence
sum,foundation,Đếm,Count,count,sum,0,province commune,half
desk,foundation,Việc,Tasks,count,sum,0,department,half
seats,foundation,Ghế,Seats,count,last,0,department,half
last,foundation,Mức,Stock,count,last,0,province,half
rate,foundation,Tỷ lệ,Rate,rate,last,1,province,half
""",
}
REPORTS = """unit,period,indicator,value
35,2024-H1,sum,90
36,2024-H1,sum,100
00001,2024-H1,sum,60
37,2024-H1,sum,140
35,2024-H2,sum,95
36,2024-H2,sum,105
00001,2024-H2,sum,70
37,2024-H2,sum,150
35,2025-H1,sum,100
36,2025-H1,sum,120
00001,2025-H1,sum,80
37,2025-H1,sum,150
37,2025-H2,sum,440
00002,2025-H2,sum,35
00003,2025-H2,sum,25
37,2025-H1,last,150
37,2025-H2,last,500
37,2025-H1,rate,40
"""


class Boundaries(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.bus = Bus("boundaries", clock=CLOCK)
        cls.addClassCleanup(cls.bus.close)
        cls.bus.catalogue = cls.bus.folder / "catalogue"
        cls.bus.catalogue.mkdir()
        for name, text in FILES.items():
            (cls.bus.catalogue / name).write_text(text, encoding="utf-8")
        cls.bus.aggregator()
        status, out, error = cls.bus.publish(cls.bus.csv("reports.csv", REPORTS))
        assert status == 0, out + error

    def get(self, unit, period, indicator, *more):
        rows = self.bus.ctl_json("get", "--unit", unit, "--period", period, "--indicator", indicator, *more)
        row = [row for row in rows if row["level"] is None][0]
        return row["value"], row["reported"], row["expected"], row["position"]

    def test_as_reported(self):
        self.assertEqual(("150", 1, 1, "no_target"), self.get("37", "2025-H1", "sum"))

    def test_first_half_on_the_new_boundaries(self):
        self.assertEqual(("450", 4, 4, "no_target"),
                         self.get("37", "2025-H1", "sum", "--boundaries", "2025-07-01"))

    def test_the_year_before_is_of_the_same_territory(self):
        def before(period, *more):
            row = self.bus.ctl_json("get", "--unit", "37", "--period", period, "--indicator", "sum", *more)[0]
            return row["year_before"]["state"], row["year_before"]["value"], row["year_before"]["change"]

        self.assertEqual(("comparable", "140", "10"), before("2025-H1"))
        self.assertEqual(("comparable", "390", "60"), before("2025-H1", "--boundaries", "2025-07-01"))
        self.assertEqual(("other_unit", "150", None), before("2025-H2"))
        self.assertEqual(("comparable", "420", "80"), before("2025-H2", "--boundaries", "2025-07-01"))

    def test_figures_of_several_journals_say_when_they_were_updated(self):
        for question in (("37", "2025-H1", "--boundaries", "2025-07-01"), ("37", "2025"), ("VN", "2025"),
                         ("37", "2025-H1"), ("37", "2025-H2", "--boundaries", "2025-07-01")):
            rows = self.bus.ctl_json("get", "--unit", question[0], "--period", question[1], "--indicator", "sum",
                                     *question[2:])
            self.assertEqual("2026-02-02T08:00:00.000+07:00", rows[0]["updated_at"], question)

    def test_year_of_the_merger(self):
        self.assertEqual(("950", 3, 3, "no_target"), self.get("37", "2025", "sum"))
        self.assertEqual(("500", 1, 1, "no_target"), self.get("37", "2025", "last"))
        self.assertEqual("950", self.get("VN", "2025", "sum")[0])

    def test_what_cannot_be_told(self):
        told = self.get("37", "2025-H1", "rate", "--boundaries", "2025-07-01")
        self.assertEqual((None, 0, 3, "not_comparable"), told)
        for question in (("00002", "2025", "sum"), ("00002", "2025-H1", "sum", "--boundaries", "2026-01-01"),
                         ("35", "2025-H2", "sum", "--boundaries", "2025-06-30")):
            value, reported, _, position = self.get(*question)
            self.assertEqual((None, 0, "not_comparable"), (value, reported, position), question)

    def test_unit_that_has_ended_is_refused(self):
        for more in ((), ("--boundaries", "2025-07-01")):
            status, out, error = self.bus.ctl("get", "--unit", "35", "--period", "2025", "--lang", "en", *more)
            self.assertEqual((1, ""), (status, out))
            self.assertIn("unit 35 ended on 30/06/2025", error)
        self.assertEqual("chisoctl get: đơn vị 35 đã kết thúc vào ngày 30/06/2025; hãy dùng kỳ 2025-H1\n",
                         self.bus.ctl("get", "--unit", "35", "--period", "2025")[2])

    def explain(self, *question):
        found = self.bus.ctl_json("explain", *question)
        return found["total"]["value"], sorted((leaf["unit"], leaf["period"]) for leaf in found["leaves"]
                                               if leaf["used"])

    def test_the_reports_behind_a_merged_number(self):
        first = [("00001", "2025-H1"), ("35", "2025-H1"), ("36", "2025-H1"), ("37", "2025-H1")]
        second = [("00002", "2025-H2"), ("00003", "2025-H2"), ("37", "2025-H2")]
        self.assertEqual(("950", sorted(first + second)),
                         self.explain("--unit", "37", "--indicator", "sum", "--period", "2025"))
        self.assertEqual(("450", first), self.explain("--unit", "37", "--indicator", "sum", "--period", "2025-H1",
                                                      "--boundaries", "2025-07-01"))
        self.assertEqual((None, []), self.explain("--unit", "00002", "--indicator", "sum", "--period", "2025"))
        status, out, error = self.bus.ctl("explain", "--unit", "00002", "--indicator", "sum", "--period", "2025",
                                          "--lang", "en")
        self.assertEqual((0, ""), (status, error))
        self.assertIn("The unit's boundaries have changed: not comparable.", out)
        out = self.bus.ctl("explain", "--unit", "37", "--indicator", "sum", "--period", "2025-H1", "--boundaries",
                           "2025-07-01", "--lang", "en")[1]
        self.assertIn("(37), the first half of 2025, on the boundaries of 01/07/2025\n", out)

    def test_preview_of_a_catalogue_that_is_not_in_force(self):
        status, out, error = self.bus.run("chisoctl", "boundaries", "--date", "2025-07-01", "--lang", "en",
                                          "--catalogue", self.bus.catalogue, "--redis", "unix:///nowhere")
        self.assertEqual((0, ""), (status, error))
        self.assertEqual("""\
New Ninh Binh (37), since 01/07/2025: 35, 36, 37
    sum of the former units; across: both sides together:
        desk, sum
    sum of the former units; across: as of its end:
        last, seats
    not comparable (does not add up); across: as of its end:
        rate

B (00002), since 01/07/2025: 00001 (in part)
    not comparable (passed in part); across: not comparable:
        sum

C (00003), since 01/07/2025: 00001 (in part)
    not comparable (passed in part); across: not comparable:
        sum

Office (35.vp), ended on 30/06/2025 without a successor; the unit above: 37
    across: stays a part of the unit above:
        desk
    across: left out:
        seats
""", out)

    def test_preview_of_the_catalogue_in_force(self):
        rows = self.bus.ctl_json("boundaries", "--date", "2025-12-31")
        self.assertEqual([("37", "desk", "sum", "combined"), ("37", "last", "sum", "as_of_end"),
                          ("37", "rate", "not_comparable_measure", "as_of_end"),
                          ("37", "seats", "sum", "as_of_end"), ("37", "sum", "sum", "combined"),
                          ("00002", "sum", "not_comparable_part", "not_comparable"),
                          ("00003", "sum", "not_comparable_part", "not_comparable"),
                          ("35.vp", "desk", "itself", "stays_part"), ("35.vp", "seats", "itself", "left_out")],
                         [(row["unit"], row["indicator"], row["before"], row["across"]) for row in rows])
        self.assertEqual([{"unit": code, "extent": "whole"} for code in ("35", "36", "37")], rows[0]["former"])
        self.assertEqual([("2025-07-01", None, None), (None, "2025-06-30", "37")],
                         [(row["since"], row["ended"], row["part_of"]) for row in (rows[0], rows[-1])])
        self.assertEqual([], self.bus.ctl_json("boundaries", "--date", "2025-06-30"))

    def test_bad_day_is_wrong_usage(self):
        status, _, error = self.bus.ctl("get", "--unit", "37", "--period", "2025", "--boundaries", "July")
        self.assertEqual(64, status)
        self.assertIn("--boundaries 'July' is no day", error)
        self.assertEqual(64, self.bus.run("chisoctl", "boundaries")[0])
        self.assertEqual(64, self.bus.run("chisoctl", "boundaries", "--date", "2025-02-30")[0])

    def test_text_names_the_boundaries(self):
        status, out, error = self.bus.ctl("get", "--unit", "37", "--period", "2025-H1", "--boundaries", "2025-07-01")
        self.assertEqual((0, ""), (status, error))
        self.assertEqual("Ninh Bình mới (37), 6 tháng đầu năm 2025, theo địa giới ngày 01/07/2025", out.splitlines()[0])

    def test_nothing_stored_differs(self):
        status, out, error = self.bus.ctl("verify")
        self.assertEqual((0, ""), (status, error), out)

    def test_overview_has_the_merged_province(self):
        status, out, error = self.bus.ctl("overview", "--lang", "en")
        self.assertEqual((0, ""), (status, error))
        self.assertIn("New Ninh Binh (37)", out)

    def test_snapshot_of_the_merged_province_is_its_own_half(self):
        viewer = Viewer(self.bus, "chiso/v1/json/pillar/37/foundation")
        self.addCleanup(viewer.close)
        topic = "chiso/v1/json/pillar/37/foundation"

        def figures():
            """Of the last snapshot: the first one may be from before the report, within the same second."""
            return [(f["period"], f["value"]) for f in json.loads(viewer.last[topic])["figures"]
                    if f["indicator"] == "sum" and not f["level"]]
        until("the snapshot with a figure", lambda: topic in viewer.last and figures())
        self.assertEqual([("2025-H2", "500")], figures())


if __name__ == "__main__":
    unittest.main()
