"""A merger of provinces as the alerter sees it: what it says of the new province is what `chisoctl get` shows, from the
former provinces' figures too, and a late correction of one of those decides again."""

import json
import unittest

from harness import OwnBusTestCase, until
from messages import Observation
from mqtt_client import Reporter, Viewer, report

FILES = {
    "units.csv": """code,valid_from,valid_to,kind,role,parent,name_vi,name_en
VN,,,nation,,,Việt Nam,Viet Nam
35,,2025-06-30,province,,VN,Hà Nam,Ha Nam
36,,2025-06-30,province,,VN,Nam Định,Nam Dinh
37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh
37,2025-07-01,,province,,VN,Ninh Bình mới,New Ninh Binh
347,,2025-06-30,district,,35,Phủ Lý,
00001,,2025-06-30,commune,,36,Xã A,A
00002,2025-07-01,,commune,,37,Xã B,B
36.bank,,2025-06-30,organisation,bank,36,Ngân hàng,Bank
36.bank,2025-07-01,,organisation,bank,37,Ngân hàng,Bank
""",
    "successions.csv": """date,old_code,new_code,extent
2025-07-01,35,37,whole
2025-07-01,36,37,whole
2025-07-01,37,37,whole
2025-07-01,00001,00002,whole
""",
    "pillars.csv": "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n",
    "indicators.csv": """id,pillar,name_vi,name_en,measure,across_time,decimals,reported_by,whole_by,cadence,direction,minimum
sum,foundation,Đếm,Count,count,sum,0,district commune,province,half,up,0
year,foundation,Cả năm,Whole year,count,sum,0,province,,half,up,0
yearly,foundation,Mỗi năm,Once a year,count,sum,0,province,,year,up,0
cost,foundation,Chi phí,Cost,rate,none,0,organisation:bank,,half,down,0
""",
    "targets.csv": """indicator,unit,unit_kind,scope,shape,value,due,curve,window
sum,37,,unit,at_least,900,2025-12-31,,year_to_date
sum,00002,,unit,at_least,115,2025-12-31,,year_to_date
cost,36.bank,,unit,at_most,30,,hold,
""",
    "rules.csv": "id,left,operator,right,severity\nboth,year,=,sum,critical\nonce,yearly,=,sum,warning\n",
    "contacts.csv": "unit,post,address\n37,Chủ tịch,a@example.org\n36,Chủ tịch,b@example.org\n",
}
BEFORE, AFTER = "2025-05-05T08:00:00+07:00", "2026-02-02T08:00:00+07:00"
TOTAL, COMMUNE, BANK = "37|sum|-|target", "00002|sum|-|target", "36.bank|cost|-|target"
RULE = "37|both|2025|inconsistent"


class Merger(OwnBusTestCase):
    clock = AFTER

    def setUp(self):
        super().setUp()
        self.bus.catalogue = self.bus.folder / "catalogue"
        self.bus.catalogue.mkdir()
        for name, text in FILES.items():
            (self.bus.catalogue / name).write_text(text, encoding="utf-8")
        self.bus.aggregator()
        self.reporters = {}

    def figure(self, province, unit, period, revision, value, indicator="sum"):
        """UNIT's figure in PROVINCE's journal: the one it was in on the period's last day."""
        key = province, unit
        if key not in self.reporters:
            self.reporters[key] = Reporter(self.bus, unit, province)
            self.addCleanup(self.reporters[key].close)
        message = report(unit, period, revision, Observation(indicator=indicator, value=value))
        self.assertEqual(1, self.reporters[key].publish(message).outcome)

    def first_year(self):
        self.figure("35", "35", "2025-H1", 1, 100)
        self.figure("36", "36", "2025-H1", 1, 100)
        self.figure("36", "00001", "2025-H1", 1, 80)
        self.figure("37", "37", "2025-H1", 1, 150)
        self.figure("37", "37", "2025-H2", 1, 500)
        self.figure("37", "00002", "2025-H2", 1, 30)

    def once(self, clock=AFTER):
        status, _, error = self.bus.run(
            "chiso-alerter", "--once", "--mqtt", self.bus.mqtt_url, "--redis", self.bus.redis_url, "--mail-dir",
            self.bus.mails, "--clock", clock)
        self.assertEqual(0, status, error)

    def alerts(self, province="37"):
        return {key: json.loads(text) for key, text in self.bus.redis.hash(f"chiso:{{{province}}}:alerts").items()}

    def state(self, alert, province="37"):
        found = self.alerts(province).get(alert)
        return found and (found["state"], found["position"], found["period"], found["reason"])

    def get(self, unit, indicator="sum", period="2025-H2"):
        (row,) = [row for row in self.bus.ctl_json("get", "--unit", unit, "--period", period, "--indicator", indicator)
                  if row["level"] is None]
        return row

    def expect(self, alert, state, position, year_to_date, reason=""):
        """The alert, and what `chisoctl get` shows for its unit."""
        until(f"{alert} is {state} {position}",
              lambda: self.state(alert) == (state, position, "2025-H2", reason))
        row = self.get(alert.split("|")[0])
        self.assertEqual((position, year_to_date), (row["position"], row["year_to_date"]))

    def test_a_target_of_the_year_of_the_merger(self):
        self.bus.alerter()
        self.first_year()
        self.expect(TOTAL, "open", "missed", "850")
        self.expect(COMMUNE, "open", "missed", "110")
        # Late corrections, in the journals of provinces that are no more.
        self.figure("36", "36", "2025-H1", 2, 150)
        self.expect(TOTAL, "resolved", "met", "900", "figure")
        self.figure("36", "00001", "2025-H1", 2, 85)
        self.expect(COMMUNE, "resolved", "met", "115", "figure")
        self.figure("35", "35", "2025-H1", 2, 99)
        self.expect(TOTAL, "open", "missed", "899")

    def test_the_same_from_nothing(self):
        self.first_year()
        self.once()
        self.expect(TOTAL, "open", "missed", "850")
        self.expect(COMMUNE, "open", "missed", "110")
        self.figure("36", "36", "2025-H1", 2, 150)
        self.once()
        self.expect(TOTAL, "resolved", "met", "900", "figure")

    def test_two_of_them_tell_it_once(self):
        self.first_year()
        self.bus.alerter()
        self.bus.alerter(name="alerter-2")
        self.expect(TOTAL, "open", "missed", "850")
        for revision in range(2, 8):
            value = 100 if revision % 2 else 150
            self.figure("36", "36", "2025-H1", revision, value)
            self.expect(TOTAL, *(("open", "missed", "850") if revision % 2 else ("resolved", "met", "900", "figure")))
        until("all mails are out", lambda: self.bus.redis("XLEN", "chiso:{37}:notify") == 0)
        text = "".join(path.read_text(encoding="utf-8") for path in self.bus.mails.glob("*.eml"))
        self.assertEqual((4, 3), (text.count(". Không đạt chỉ tiêu: Đếm - Ninh Bình mới"),
                                  text.count(". Hết cảnh báo: Đếm - Ninh Bình mới")))

    def test_a_rule_over_the_year_of_the_merger(self):
        self.bus.alerter()
        self.first_year()
        self.figure("37", "37", "2025", 1, 900, "year")
        until("850 against 900", lambda: self.state(RULE) == ("open", "no_target", "2025", ""))
        self.assertEqual(["both"], self.get("37", "year", "2025")["violations"])
        self.figure("36", "36", "2025-H1", 2, 150)
        until("900 against 900", lambda: self.state(RULE) == ("resolved", "no_target", "2025", "figure"))
        self.assertEqual([], self.get("37", "year", "2025")["violations"])

    def test_viewers_learn_that_a_rule_needs_a_former_province(self):
        topic = "chiso/v1/json/pillar/37/foundation"
        viewer = Viewer(self.bus, topic)
        self.addCleanup(viewer.close)
        self.first_year()
        self.figure("37", "37", "2025", 1, 900, "yearly")

        def seen():
            return {(figure["indicator"], figure["period"]): (figure["violations"], figure["rules_elsewhere"])
                    for figure in json.loads(viewer.last.get(topic, '{"figures": []}'))["figures"]}

        viewer.wait_for("the year", lambda: ("yearly", "2025") in seen())
        self.assertEqual({("yearly", "2025"): ([], True), ("sum", "2025-H2"): ([], False)},
                         {key: seen()[key] for key in (("yearly", "2025"), ("sum", "2025-H2"))})
        self.assertEqual(["once"], self.get("37", "yearly", "2025")["violations"])

    def test_alerts_of_a_unit_that_moves(self):
        self.figure("36", "36.bank", "2024-H2", 1, 40, "cost")
        self.once(BEFORE)
        self.assertEqual(("open", "behind", "2024-H2", ""), self.state(BANK, "36"))
        self.assertIsNone(self.state(BANK))
        for mail in self.bus.mails.glob("*.eml"):
            mail.unlink()
        self.once()
        self.assertEqual(("resolved", "behind", "2024-H2", "unit_moved"), self.state(BANK, "36"))
        self.assertEqual(("open", "behind", "2024-H2", ""), self.state(BANK))
        self.assertEqual("behind", self.get("36.bank", "cost", "2024-H2")["position"])
        self.assertEqual(["1. Chậm tiến độ: Chi phí - Ngân hàng (36.bank)"],
                         [line for mail in self.bus.mails.glob("*.eml")
                          for line in mail.read_text(encoding="utf-8").splitlines() if "(36.bank)" in line[:60]
                          and line.startswith("1. ")], "its new province is told, and nobody that it is over")
        self.bus.alerter()
        self.figure("36", "36.bank", "2024-H2", 2, 30, "cost")
        until("its new province decides", lambda: self.state(BANK) == ("resolved", "on_track", "2024-H2", "figure"))
        self.assertEqual("unit_moved", self.state(BANK, "36")[3])


if __name__ == "__main__":
    unittest.main()
