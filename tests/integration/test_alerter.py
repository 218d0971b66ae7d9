"""chiso-alerter: from reports to alerts, mails and what viewers see, through corrections, time, kills and a second one."""

import json
import os
import random
import re
import signal
import time
import unittest

from harness import BIN, OwnBusTestCase, until
from mail_server import MailServer
from messages import AlertEvent, AlertSnapshot, Observation, ServiceStatus
from mqtt_client import Reporter, Viewer, report

CATALOGUE = {
    "units.csv": """\
code,valid_from,valid_to,kind,role,parent,name_vi,name_en
VN,,,nation,,,Việt Nam,Viet Nam
35,,2025-06-30,province,,VN,Tỉnh Hà Nam,Ha Nam Province
37,2025-07-01,,province,,VN,Tỉnh Ninh Bình,
347,,2025-06-30,district,,35,Thành phố Phủ Lý,
348,,2025-06-30,district,,35,Thị xã Duy Tiên,
""",
    "successions.csv": "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n",
    "publishers.csv": "publisher,units\n35.gateway,35 35/*\n",
    "pillars.csv": "id,name_vi,name_en,order\ndigital_government,Chính quyền số,Digital government,1\n",
    "indicators.csv": """\
id,pillar,name_vi,name_en,measure,across_time,reported_by,whole_by,cadence,factor,decimals,input_decimals,unit_label_vi,direction,due_working_days
cost,digital_government,Chi phí trên thu nhập,Cost,rate,none,,province,month,1,1,1,%,down,
dossiers,digital_government,Hồ sơ trực tuyến,Dossiers,ratio,sum,district commune,,month,100,1,0,%,up,
""",
    "targets.csv": """\
indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,red,nature,source
cost,35,,unit,at_most,30,,,,,hold,,2,5,,
dossiers,35,district,level,at_least,80,,,,,hold,,,,,
""",
    "obligations.csv": """\
indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to
dossiers,,district,,month,5,2025-04-01,
""",
    "contacts.csv": """\
unit,post,name_vi,language,channel,address,min_severity,escalate_after_hours
35,Chánh Văn phòng,Nguyễn Văn Mẫu,vi,mail,vp@example.org,warning,
35,Phó Chủ tịch,Trần Thị Mẫu,en,mail,pct@example.org,critical,
347,Chủ tịch,Lê Văn Mẫu,vi,mail,phuly@example.org,warning,
""",
}
SEED = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
COST = "35|cost|-|target"


class Alerts(OwnBusTestCase):
    clock = "2025-05-05T08:00:00+07:00"

    def setUp(self):
        super().setUp()
        self.bus.catalogue = self.bus.folder / "catalogue"
        self.bus.catalogue.mkdir()
        for name, text in self.catalogue().items():
            (self.bus.catalogue / name).write_text(text, encoding="utf-8")
        self.bus.aggregator()
        self.reporter = Reporter(self.bus, "35.gateway")
        self.addCleanup(self.reporter.close)

    @classmethod
    def catalogue(cls):
        return CATALOGUE

    # ---- doing ----

    def figure(self, indicator, period, revision, value, unit="35", **more):
        message = report(unit, period, revision, Observation(indicator=indicator, value=value, **more))
        self.assertEqual(1, self.reporter.publish(message).outcome)

    def cost(self, value, revision, period="2025-04"):
        self.figure("cost", period, revision, value)

    def once(self, clock=None, *options):
        status, out, error = self.bus.run(
            "chiso-alerter", "--once", "--mqtt", self.bus.mqtt_url, "--redis", self.bus.redis_url, "--mail-dir",
            self.bus.mails, "--clock", clock or self.clock, *options)
        self.assertEqual((0, ""), (status, out), error)
        return error

    # ---- looking ----

    def alerts(self):
        return {key: json.loads(text) for key, text in self.bus.redis.hash("chiso:{35}:alerts").items()}

    def state(self, alert=COST):
        found = self.alerts().get(alert)
        return found and (found["state"], found["severity"], found["period"], found["reason"])

    def wait_for_state(self, expected, alert=COST):
        until(f"{alert} is {expected}", lambda: self.state(alert) == expected)

    def cursor(self):
        return (self.bus.redis("GET", "chiso:{35}:cursor:alerter") or b"").decode()

    def head(self):
        return (self.bus.redis("HGET", "chiso:{35}:head", "seq") or b"0").decode()

    def settled(self):
        return self.cursor() == f"{self.head()}-0" and self.bus.redis("XLEN", "chiso:{35}:notify") == 0

    def mails(self, to="vp@example.org"):
        texts = [path.read_text(encoding="utf-8") for path in sorted(self.bus.mails.glob("*.eml"))]
        return [text for text in texts if f"<{to}>" in text]

    def items(self, to="vp@example.org"):
        """The headlines of all items, mail after mail; in a mail the worst come first."""
        return [line for text in self.mails(to) for line in self.headlines(text)]

    @staticmethod
    def headlines(mail):
        return re.findall(r"^\d+\. (.*)$", mail, re.MULTILINE)


class Life(Alerts):
    def test_opens_worsens_and_ends_with_a_correction(self):
        self.bus.alerter()
        self.cost(34, 1)
        self.wait_for_state(("open", "warning", "2025-04", ""))
        self.cost(40, 2)
        self.wait_for_state(("open", "critical", "2025-04", ""))
        self.cost(29, 3)
        self.wait_for_state(("resolved", "critical", "2025-04", "figure"))
        until("all mails are out", self.settled)
        self.assertEqual(["Có nguy cơ chậm tiến độ: Chi phí trên thu nhập - Tỉnh Hà Nam (35)",
                          "Chậm tiến độ: Chi phí trên thu nhập - Tỉnh Hà Nam (35)",
                          "Hết cảnh báo: Chi phí trên thu nhập - Tỉnh Hà Nam (35)"], self.items())
        self.assertEqual(["Behind: Cost - Ha Nam Province (35)", "Resolved: Cost - Ha Nam Province (35)"],
                         self.items("pct@example.org"), "min_severity critical: not told of the warning")
        first = self.mails()[0]
        for line in ("   Số liệu: 34,0%\n", "   Chỉ tiêu: không quá 30%\n",
                     "   Lý do: Ở mức 34,0%, cao hơn mức cho phép 30% vào 30/04/2025 (vượt 4).\n",
                     "   Cảnh báo từ: 08:00 ngày 05/05/2025\n",
                     "   Tra cứu: chisoctl explain --unit 35 --indicator cost --period 2025-04\n"):
            self.assertIn(line, first)

    def test_a_withdrawal_decides_again(self):
        self.cost(29, 1, "2025-03")
        self.cost(40, 1)
        self.bus.alerter()
        self.wait_for_state(("open", "critical", "2025-04", ""))
        self.figure("cost", "2025-04", 2, 0, withdrawn=True)
        self.wait_for_state(("resolved", "critical", "2025-03", "figure"))
        self.figure("cost", "2025-03", 2, 0, withdrawn=True)
        self.cost(40, 3, "2025-03")
        self.wait_for_state(("open", "critical", "2025-03", ""))
        self.figure("cost", "2025-03", 4, 0, withdrawn=True)
        self.wait_for_state(("resolved", "critical", "2025-03", "withdrawn"))

    def test_a_level_and_its_missing_reports(self):
        level = "35|dossiers|district|target"
        self.bus.alerter()
        self.figure("dossiers", "2025-04", 1, 70, "347", denominator=100)
        until("judged", self.settled)
        self.assertIsNone(self.state(level), "one of two districts: cannot tell")
        self.figure("dossiers", "2025-04", 1, 80, "348", denominator=100)
        self.wait_for_state(("open", "critical", "2025-04", ""), level)

    def test_a_new_catalogue_is_judged_at_once(self):
        self.cost(40, 1)
        self.bus.alerter()
        self.wait_for_state(("open", "critical", "2025-04", ""))
        self.bus.programs[-2].stop()
        targets = self.bus.catalogue / "targets.csv"
        targets.write_text(targets.read_text().replace("cost,35,,unit,at_most,30", "cost,35,,unit,at_most,50"))
        self.bus.aggregator(name="aggregator-2")
        self.wait_for_state(("resolved", "critical", "2025-04", "figure"))


class Rules(Alerts):
    """Figures that contradict each other (rules.csv)."""

    ID = "35|sums|2025-04|inconsistent"

    @classmethod
    def catalogue(cls):
        files = dict(CATALOGUE)
        files["indicators.csv"] += "".join(
            f"{name},digital_government,{name},{name.upper()},count,sum,district,province department:justice,"
            "month,,,,,,\n"
            for name in ("online", "paper", "all"))
        files["units.csv"] += "35.stp,,2025-06-30,department,justice,35,Sở Tư pháp,\n"
        files["rules.csv"] = "id,left,operator,right,severity\nsums,online + paper,=,all,critical\n"
        return files

    def figures(self, revision, unit="35", period="2025-04", **figures):
        message = report(unit, period, revision,
                         *(Observation(indicator=name, value=value) for name, value in figures.items()))
        self.assertEqual(1, self.reporter.publish(message).outcome)

    def test_opens_and_ends_with_a_correction(self):
        self.bus.alerter()
        self.figures(1, online=60, all=100)
        until("judged", self.settled)
        self.assertIsNone(self.state(self.ID), "one of three is missing")
        self.figures(1, paper=41)
        self.wait_for_state(("open", "critical", "2025-04", ""), self.ID)
        alert = self.alerts()[self.ID]
        self.assertEqual(("inconsistent", "", "sums", "no_target"),
                         (alert["kind"], alert["indicator"], alert["rule"], alert["position"]))
        self.assertEqual("The figures contradict each other: 101 must equal 100, off by 1: ONLINE (60) + PAPER (41) = "
                         "ALL (100).", alert["text_en"])
        (shown,) = self.bus.ctl_json("alerts")
        self.assertEqual((self.ID, "35"), (shown["id"], shown["province"]))
        self.assertRegex(self.bus.ctl("alerts")[1],
                         r"\n!!  Tỉnh Hà Nam +all +tháng 4/2025 +Số liệu không khớp: 101 phải bằng 100")
        self.figures(2, paper=40)
        self.wait_for_state(("resolved", "critical", "2025-04", "figure"), self.ID)
        until("all mails are out", self.settled)
        self.assertEqual(["Số liệu không khớp: all - Tỉnh Hà Nam (35)", "Hết cảnh báo: all - Tỉnh Hà Nam (35)"],
                         self.items())
        self.assertIn("   Tra cứu: chisoctl rules --unit 35 --period 2025-04\n", self.mails()[0])

    def test_what_is_wrong_below_is_alerted_there_only(self):
        for unit, paper in (("347", 41), ("348", 40)):
            self.figures(1, unit, online=60, paper=paper, all=100)
        self.once()
        self.assertEqual({"347|sums|2025-04|inconsistent"},
                         {key for key in self.alerts() if key.endswith("inconsistent")})

    def test_a_department_against_the_districts(self):
        for unit in ("347", "348"):
            self.figures(1, unit, online=60, paper=40)
        self.figures(1, "35.stp", all=201)
        self.once()
        self.assertEqual({self.ID}, {key for key in self.alerts() if key.endswith("inconsistent")})
        self.bus.alerter()
        self.figures(2, "35.stp", all=200)
        self.wait_for_state(("resolved", "critical", "2025-04", "figure"), self.ID)

    def test_a_quarter_against_its_months(self):
        self.bus.alerter()
        quarter = "35|sums|2025-Q1|inconsistent"
        for month in ("2025-01", "2025-02", "2025-03"):
            self.figures(1, period=month, online=60, paper=40, all=100)
        self.figures(1, period="2025-Q1", all=310)
        self.wait_for_state(("open", "critical", "2025-Q1", ""), quarter)
        self.figures(2, period="2025-02", online=70, all=110)
        self.wait_for_state(("resolved", "critical", "2025-Q1", "figure"), quarter)

    def test_a_running_window_when_it_is_over(self):
        self.figures(1, "347", "2025-05", online=60, paper=40)
        self.figures(1, "348", "2025-05", online=60, paper=40)
        self.figures(1, "35", "2025-05", all=100)
        identity = "35|sums|2025-05|inconsistent"
        self.once()
        self.assertIsNone(self.state(identity), "the month is not over")
        self.once("2025-06-01T08:00:00+07:00")
        self.assertEqual(("open", "critical", "2025-05", ""), self.state(identity))

    def test_a_rule_that_is_no_more(self):
        self.figures(1, online=60, paper=41, all=100)
        self.bus.alerter()
        self.wait_for_state(("open", "critical", "2025-04", ""), self.ID)
        self.bus.programs[-2].stop()
        (self.bus.catalogue / "rules.csv").unlink()
        self.bus.aggregator(name="aggregator-2")
        self.wait_for_state(("resolved", "critical", "2025-04", "target_changed"), self.ID)


class Viewers(Alerts):
    def test_events_and_snapshots_and_their_twins(self):
        viewer = Viewer(self.bus, "chiso/v1/alerts/35", "chiso/v1/alert/#", "chiso/v1/json/alerts/35",
                        "chiso/v1/json/alert/#", "chiso/v1/status/alerter/+")
        self.addCleanup(viewer.close)
        alerter = self.bus.alerter()
        self.cost(40, 1)
        viewer.wait_for("a snapshot with the alert", lambda: self.open_in(viewer) == [COST])
        event = AlertEvent.FromString(viewer.last["chiso/v1/alert/35/35"])
        self.assertEqual(("35", COST, "open", "behind", "critical", "target", "2025-04"),
                         (event.province, event.alert.id, event.alert.state, event.alert.position,
                          event.alert.severity, event.alert.kind, event.alert.period))
        self.assertEqual("Ở mức 40,0%, cao hơn mức cho phép 30% vào 30/04/2025 (vượt 10).", event.alert.text_vi)
        viewer.wait_for("the JSON twins", lambda: "chiso/v1/json/alerts/35" in viewer.last and
                        json.loads(viewer.last["chiso/v1/json/alerts/35"])["alerts"])
        twin = json.loads(viewer.last["chiso/v1/json/alert/35/35"])
        self.assertEqual((COST, "open", event.alert.text_vi, event.seq),
                         (twin["alert"]["id"], twin["alert"]["state"], twin["alert"]["text_vi"], int(twin["seq"])))
        self.cost(20, 2)
        viewer.wait_for("a snapshot without it", lambda: self.open_in(viewer) == [])
        self.assertEqual("resolved", AlertEvent.FromString(viewer.last["chiso/v1/alert/35/35"]).alert.state)
        self.assertEqual("running", self.status(viewer))
        alerter.stop()
        viewer.wait_for("stopped", lambda: self.status(viewer) == "stopped")
        alerter = self.bus.alerter()
        viewer.wait_for("running", lambda: self.status(viewer) == "running")
        alerter.kill()
        viewer.wait_for("the last will", lambda: self.status(viewer) == "lost")

    def test_a_viewer_who_comes_later_finds_the_snapshot(self):
        self.cost(40, 1)
        self.once()
        viewer = Viewer(self.bus, "chiso/v1/alerts/35")
        self.addCleanup(viewer.close)
        viewer.wait_for("the retained snapshot", lambda: self.open_in(viewer) == [COST])

    def test_more_alerts_than_a_message_holds(self):
        """1,500 communes that owe two reports each, and one figure that is worse than all of that."""
        units = self.bus.catalogue / "units.csv"
        units.write_text(units.read_text(encoding="utf-8") + "".join(
            f"{code:05},,2025-06-30,commune,,347,Xã {code:05} có tên rất dài để thông báo cũng dài,\n"
            for code in range(1, 1501)), encoding="utf-8")
        indicators = self.bus.catalogue / "indicators.csv"
        indicators.write_text(indicators.read_text(encoding="utf-8") + "".join(
            f"more{i},digital_government,Thêm {i},More,count,sum,commune,,month,,,,,,5\n" for i in (1, 2)),
            encoding="utf-8")
        self.bus.programs[-1].stop()
        self.bus.aggregator(name="aggregator-2")
        self.cost(40, 1)
        self.once("2025-06-10T08:00:00+07:00")
        viewer = Viewer(self.bus, "chiso/v1/alerts/35")
        self.addCleanup(viewer.close)
        viewer.wait_for("the retained snapshot", lambda: "chiso/v1/alerts/35" in viewer.last)
        snapshot = AlertSnapshot.FromString(viewer.last["chiso/v1/alerts/35"])
        self.assertEqual((1000, 3003, COST), (len(snapshot.alerts), snapshot.open, snapshot.alerts[0].id))

    @staticmethod
    def open_in(viewer):
        payload = viewer.last.get("chiso/v1/alerts/35")
        return None if payload is None else [alert.id for alert in AlertSnapshot.FromString(payload).alerts]

    @staticmethod
    def status(viewer):
        payload = viewer.last.get("chiso/v1/status/alerter/1")
        return payload and ServiceStatus.FromString(payload).state


class Time(Alerts):
    clock = "2025-05-05T08:00:00+07:00"
    OVERDUE = "347|dossiers|-|overdue"

    def test_deadlines_pass(self):
        self.figure("dossiers", "2025-03", 1, 90, "347", denominator=100)
        self.once("2025-05-07T17:00:00+07:00")
        self.assertIsNone(self.state(self.OVERDUE), "five working days after 30 April, 17:00, is not yet over")
        self.once("2025-05-07T17:00:01+07:00")
        self.assertEqual(("open", "warning", "2025-04", ""), self.state(self.OVERDUE))
        self.once("2025-06-06T17:00:01+07:00")
        self.assertEqual(("open", "warning", "2025-05", ""), self.state(self.OVERDUE), "the same alert goes on")
        self.assertEqual(["Quá hạn báo cáo: Hồ sơ trực tuyến - Thành phố Phủ Lý (347)"],
                         self.items("phuly@example.org"), "one mail, though two windows are owed")
        self.assertEqual(["348"], [a["unit"] for a in self.alerts().values()
                                   if a["kind"] == "overdue" and a["unit"] != "347"])

    def test_a_report_ends_it(self):
        self.once("2025-05-09T08:00:00+07:00")
        self.assertEqual("open", self.state(self.OVERDUE)[0])
        self.figure("dossiers", "2025-04", 1, 90, "347", denominator=100)
        self.once("2025-05-09T08:00:00+07:00")
        self.assertEqual(("resolved", "warning", "2025-04", "figure"), self.state(self.OVERDUE))

    def test_a_unit_ends(self):
        self.cost(40, 1)
        self.once()
        self.once("2025-06-30T23:59:59+07:00")
        self.assertEqual("open", self.state()[0])
        self.once("2025-07-01T00:00:00+07:00")
        self.assertEqual(("resolved", "critical", "2025-04", "unit_ended"), self.state())
        self.assertIn("Hết cảnh báo: Chi phí trên thu nhập - Tỉnh Hà Nam (35)", self.items())
        self.assertEqual([], [a["id"] for a in self.alerts().values() if a["state"] == "open"])

    def test_once_again_changes_nothing(self):
        self.cost(40, 1)
        self.once()
        before, mails = self.alerts(), sorted(self.bus.mails.iterdir())
        self.assertNotIn("event=alert ", self.once())
        self.assertEqual((before, mails), (self.alerts(), sorted(self.bus.mails.iterdir())))


class Mail(Alerts):
    def test_arrives_in_vietnamese(self):
        server = MailServer(self.bus)
        self.cost(40, 1)
        self.once(None, "--smtp", server.url, "--mail-from", "chiso@example.org")
        mails = {mail["To"].addresses[0].addr_spec: mail for mail in server.mails()}
        self.assertEqual({"vp@example.org", "pct@example.org"}, set(mails))
        mail = mails["vp@example.org"]
        self.assertEqual("[chiso] Chậm tiến độ: Chi phí trên thu nhập - Tỉnh Hà Nam (35)", mail["Subject"])
        self.assertEqual(("Nguyễn Văn Mẫu", "chiso@example.org"),
                         (mail["To"].addresses[0].display_name, mail["From"].addresses[0].addr_spec))
        body = mail.get_body().get_content()
        self.assertIn("Kính gửi Nguyễn Văn Mẫu,", body)
        self.assertIn("Ở mức 40,0%, cao hơn mức cho phép 30% vào 30/04/2025 (vượt 10).", body)
        self.assertEqual(0, self.bus.redis("XLEN", "chiso:{35}:notify"))
        self.assertEqual([], list(self.bus.mails.iterdir()), "no file beside the server")

    def test_waits_for_the_server(self):
        server = MailServer(self.bus)
        argv = server.program.argv
        server.program.stop()
        alerter = self.bus.alerter("--smtp", server.url, "--mail-from", "chiso@example.org")
        self.cost(40, 1)
        alerter.wait_for_log("event=mail_not_sent")
        self.assertEqual(2, self.bus.redis("XLEN", "chiso:{35}:notify"))
        self.assertEqual("open", self.state()[0], "alerts do not wait for mails")
        server.program = self.bus.start("smtp-again", argv)
        until("both mails arrive", lambda: len(server.raw()) == 2 and self.settled())

    def test_stays_queued_without_mail(self):
        self.cost(40, 1)
        status, _, error = self.bus.run("chiso-alerter", "--once", "--mqtt", self.bus.mqtt_url, "--redis",
                                        self.bus.redis_url, "--clock", self.clock)
        self.assertEqual(0, status, error)
        self.assertIn("event=no_mail", error)
        self.assertEqual(2, self.bus.redis("XLEN", "chiso:{35}:notify"))
        self.once()
        self.assertEqual(1, len(self.items()), "and goes when there is")


class Nerves(Alerts):
    """However often it is killed, and however many there are: no transition is lost, none is told twice."""

    def corrections(self, count, between):
        for revision in range(1, count + 1):
            self.cost(40 if revision % 2 else 20, revision)
            between(revision)

    def expect_alternation(self):
        """Behind, resolved, behind … from the first mail to the last; returns how many there were."""
        until("all is judged and sent", self.settled)
        words, count = ("Chậm tiến độ", "Hết cảnh báo"), 0
        for mail in self.mails():
            found = sorted(item.split(":")[0] for item in self.headlines(mail))
            expected = sorted(words[(count + i) % 2] for i in range(len(found)))
            self.assertEqual(expected, found, f"after {count} transitions, seed {SEED}: {mail}")
            count += len(found)
        self.assertEqual("open" if count % 2 else "resolved", self.state()[0])
        return count

    def test_killed_at_random_moments(self):
        """It judges everything when it starts, so each life of a few tens of milliseconds is at some stage of it."""
        rng = random.Random(SEED)

        def live_and_die(revision):
            alerter = self.bus.alerter(ready=False)
            end = time.monotonic() + rng.uniform(0.02, 0.4)
            until("its time has come", lambda: time.monotonic() > end, every_s=0.001)
            # Every other time with a figure that is behind: these transitions happen however slow the machine.
            if revision % 5 == 0:
                until("sometimes it gets to the end", self.settled)
            alerter.kill()

        self.corrections(60, live_and_die)
        self.cost(40, 61)
        self.bus.alerter()
        self.assertGreater(self.expect_alternation(), 10, "so few transitions prove nothing")
        self.assertEqual(("open", "critical", "2025-04", ""), self.state())

    def test_what_is_judged_together_counts_as_its_end(self):
        """News of one judgement: a figure that is behind and corrected before anybody looks was never an alert."""
        alerters = [self.bus.alerter(), self.bus.alerter(name="alerter-b")]
        until("judged", self.settled)
        for alerter in alerters:
            alerter.process.send_signal(signal.SIGSTOP)
        self.corrections(20, lambda _: None)
        self.assertFalse(self.settled())
        for alerter in alerters:
            alerter.process.send_signal(signal.SIGCONT)
        until("judged", self.settled)
        self.assertIsNone(self.state())
        self.assertEqual([], self.items())
        self.cost(40, 21)
        self.wait_for_state(("open", "critical", "2025-04", ""))

    def test_two_of_them(self):
        self.bus.alerter("--instance", "a")
        second = self.bus.start("alerter-b", [
            BIN / "chiso-alerter", "--mqtt", self.bus.mqtt_url, "--redis", self.bus.redis_url, "--mail-dir",
            self.bus.mails, "--instance", "b", *self.bus.frozen()])
        second.wait_for_log("event=ready")
        # What is judged together counts as its end (the test above): some are waited for, behind and not in turn.
        self.corrections(20, lambda revision: revision % 3 or until("judged", self.settled))
        self.assertGreater(self.expect_alternation(), 4)
        self.wait_for_state(("resolved", "critical", "2025-04", "figure"))

    def test_one_sends_what_the_other_left_behind(self):
        """The first queues for a server that is not there and dies; the second has only seen its transition."""
        server = MailServer(self.bus)
        argv = server.program.argv
        server.program.stop()
        first = self.bus.alerter("--instance", "a", "--smtp", server.url)
        self.cost(40, 1)
        first.wait_for_log("event=mail_not_sent")
        first.kill()
        server.program = self.bus.start("smtp-again", argv)
        self.bus.alerter("--instance", "b", "--smtp", server.url)
        until("both mails arrive", lambda: len(server.raw()) == 2 and self.settled())

    def test_redis_goes_and_comes(self):
        alerter = self.bus.alerter()
        self.cost(40, 1)
        self.wait_for_state(("open", "critical", "2025-04", ""))
        until("sent", self.settled)
        self.bus.redis_server.process.send_signal(signal.SIGSTOP)
        alerter.wait_for_log("event=turn_failed")
        self.bus.redis_server.process.send_signal(signal.SIGCONT)
        self.cost(20, 2)
        self.wait_for_state(("resolved", "critical", "2025-04", "figure"))
        self.assertEqual(2, self.expect_alternation())


class Refusals(unittest.TestCase):
    """What it says before it starts, with nothing around it."""

    def run_alerter(self, *arguments):
        import subprocess
        ended = subprocess.run([str(BIN / "chiso-alerter"), *arguments], capture_output=True, timeout=120,
                               check=False, stdin=subprocess.DEVNULL)
        return ended.returncode, ended.stderr.decode()

    def test_exit_codes(self):
        for arguments, status, text in (
                (("--mqtt", "mqtt://broker.example.org:1883"), 78, "event=bad_mqtt"),
                (("--redis", "http://x"), 64, "--redis"),
                (("--smtp", "ftp://x"), 64, "--smtp"),
                (("--nonsense",), 64, "--nonsense"),
                (("--once", "--redis", "unix:///nowhere/redis.sock", "--mail-dir", "/tmp"), 1, "event=not_settled")):
            with self.subTest(arguments=arguments):
                found, error = self.run_alerter(*arguments)
                self.assertEqual(status, found, error)
                self.assertIn(text, error)


if __name__ == "__main__":
    unittest.main()
