"""The cache of scores and ranks: what it holds is what chisoctl computes, it follows corrections and the day, and it
comes back when it is deleted or its keeper killed."""

import json
import re
import shutil
import signal
import unittest

import fixture_reports
from harness import CATALOGUE, Bus, BusTestCase, until
from messages import PillarSnapshot
from mqtt_client import Viewer

PROVINCES = ("02", "30", "35", "36")


class Cache:
    """The score keys of a bus as Python values."""

    def __init__(self, redis):
        self.redis = redis

    def provinces(self):
        return [re.search(r"\{(.*)\}", key)[1] for key in self.redis.keys("chiso:{*}:head")]

    def is_current(self):
        return all(self.redis("HGET", f"chiso:{{{code}}}:score", "seq") == self.redis("HGET", f"chiso:{{{code}}}:head", "seq")
                   for code in self.provinces())

    def settle(self):
        """Until the scores are of the last commit, and the rankings are made of them."""
        until("the scores are current", self.is_current)
        until("the rankings are current", lambda: self.ranks() == self.ranks_of_hashes())

    def hashes(self):
        """{(period, province): {field: text}}, without seq and as_of."""
        found = {}
        for key in self.redis.keys("chiso:{*}:score:*"):
            province, period = re.fullmatch(r"chiso:\{(.*)\}:score:(.*)", key).groups()
            found[period, province] = {field: text for field, text in self.redis.hash(key).items()
                                       if field not in ("seq", "as_of")}
        return found

    def scores(self):
        """{(index, period): {unit: words}}"""
        found = {}
        for (period, _), fields in self.hashes().items():
            for field, text in fields.items():
                unit, index = field.split("|")
                if not index.startswith("pillar:"):
                    found.setdefault((index, period), {})[unit] = text.split(" ")
        return found

    def ranks(self):
        """{(index, period): {unit: number}}"""
        found = {}
        for key in self.redis.keys("chiso:rank:*"):
            index, period = re.fullmatch(r"chiso:rank:(.*?):(.*)", key).groups()
            flat = self.redis("ZRANGE", key, 0, -1, "WITHSCORES")
            found[index, period] = {flat[i].decode(): int(flat[i + 1]) for i in range(0, len(flat), 2)}
        return found

    def ranks_of_hashes(self):
        found = {}
        for key, units in self.scores().items():
            ranked = {unit: int(words[4].replace(".", "")) for unit, words in units.items() if words[4] != "-"}
            if ranked:
                found[key] = ranked
        return found

    def pillar(self, province, pillar, period):
        text = self.redis("HGET", f"chiso:{{{province}}}:score:{period}", f"{province}|pillar:{pillar}")
        return text and text.decode()


def publish_fixtures(bus):
    for path in fixture_reports.files():
        status, out, error = bus.publish(path)
        if status:
            raise AssertionError(f"{path}: {out}{error}")


class ScoreCache(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.aggregator = cls.bus.aggregator()
        publish_fixtures(cls.bus)
        cls.cache = Cache(cls.bus.redis)
        cls.cache.settle()

    def test_every_score_is_the_one_that_chisoctl_computes(self):
        scores = self.cache.scores()
        self.assertIn(("dti", "2022"), scores)
        self.assertIn(("qd766", "2025-Q1"), scores)
        hashes = self.cache.hashes()
        units = fixture_reports.Provinces()
        for (index, period), cached in scores.items():
            with self.subTest(f"{index} {period}"):
                rows = self.bus.ctl_json("score", "--index", index, "--period", period)
                self.assertLessEqual(cached.keys(), {row["unit"] for row in rows})
                for row in rows:
                    if row["unit"] not in cached:
                        # chisoctl lists whoever owes a component; nothing is kept of a province without a figure there
                        fields = hashes.get((period, units.of(row["unit"])), {})
                        self.assertEqual((None, []), (row["value"], [field for field in fields if "|pillar:" not in field]))
                        continue
                    words = cached[row["unit"]]
                    source = "published" if row["published"] else "computed" if row["value"] else "-"
                    self.assertEqual(
                        [row["state"], source, "incomplete" if row["incomplete"] else "complete", row["value"] or "-"],
                        words[:3] + words[4:5])
                    if row["published"]:
                        self.assertEqual(row["computed"] or "-", words[7])

    def test_ranks_are_those_of_chisoctl(self):
        ranks = self.cache.ranks()
        self.assertEqual({"30": 5550, "35": 4860}, {unit: ranks["dti", "2022"][unit] for unit in ("30", "35")})
        for (index, period), ranked in ranks.items():
            with self.subTest(f"{index} {period}"):
                rows = self.bus.ctl_json("score", "--index", index, "--period", period)
                self.assertEqual({row["unit"]: row["rank"] for row in rows if row["rank"]},
                                 {unit: 1 + sum(other > number for other in ranked.values())
                                  for unit, number in ranked.items()})

    def test_pillars_have_the_score_that_people_see(self):
        for province in PROVINCES:
            status, text, _ = self.bus.ctl("overview", "--province", province)
            self.assertEqual(0, status)
            shown = re.findall(r"mức hoàn thành chỉ tiêu năm 2025: ([0-9,]+)% \(đánh giá được (\d+)/(\d+)\)", text)
            cached = []
            for row in fixture_reports.rows(CATALOGUE / "pillars.csv"):
                words = (self.cache.pillar(province, row["id"], "2025") or "0 0 - -").split(" ")
                if words[2] != "-":
                    cached.append((words[2].replace(".", ","), words[0], words[1]))
            self.assertEqual(sorted(shown), sorted(cached))

    def test_a_score_says_of_which_commit_and_day_it_is(self):
        about = self.bus.redis.hash("chiso:{35}:score")
        head = self.bus.redis.hash("chiso:{35}:head")
        self.assertEqual((head["seq"], head["catalogue"], "2025-05-05"),
                         (about["seq"], about["catalogue"], about["as_of"]))
        one = self.bus.redis.hash("chiso:{35}:score:2025-Q1")
        self.assertLessEqual(int(one["seq"]), int(head["seq"]))
        self.assertEqual("2025-05-05", one["as_of"])


    def test_viewers_get_the_latest_of_every_index_in_its_pillars(self):
        viewer = Viewer(self.bus, "chiso/v1/pillar/35/+", "chiso/v1/json/pillar/35/+")
        self.addCleanup(viewer.close)
        viewer.wait_for("four pillars in both forms", lambda: len(viewer.last) == 8)
        for row in fixture_reports.rows(CATALOGUE / "pillars.csv"):
            pillar = row["id"]
            snapshot = PillarSnapshot.FromString(viewer.last[f"chiso/v1/pillar/35/{pillar}"])
            told = json.loads(viewer.last[f"chiso/v1/json/pillar/35/{pillar}"])
            self.assertEqual([score.index for score in snapshot.scores], [score["index"] for score in told["scores"]])
            for score in told["scores"]:
                cached = self.bus.redis("HGET", f"chiso:{{35}}:score:{score['period']}", f"35|{score['index']}").decode()
                self.assertEqual([score["state"], "published" if score["published"] else "computed",
                                  "incomplete" if score["incomplete"] else "complete", str(score["missing"]),
                                  score["value"], score["exact"]], cached.split(" ")[:6])
            own = told["score"]
            cached = self.cache.pillar("35", pillar, "2025").split(" ")
            self.assertEqual((own["period"], own["decided"], own["targets"], own["value"] or "-", own["exact"] or "-"),
                             ("2025", int(cached[0]), int(cached[1]), cached[2], cached[3]))
        government = json.loads(viewer.last["chiso/v1/json/pillar/35/digital_government"])
        self.assertEqual("93,1%", government["score"]["text_vi"])
        self.assertEqual([("dti", "2022"), ("dti.pillar_gov", "2022"), ("qd766", "2025-Q1"), ("qd766.progress", "2025-Q1"),
                          ("qd766.reused", "2025-Q1"), ("qd766.service", "2025-Q1"), ("qd766.payment", "2025-Q1"),
                          ("qd766.satisfaction", "2025-Q1")],
                         [(score["index"], score["period"]) for score in government["scores"]])
        # every pillar that one of its components belongs to
        foundation = json.loads(viewer.last["chiso/v1/json/pillar/35/foundation"])
        self.assertEqual(["dti", "dti.pillar_gov", "dti.pillar_economy", "dti.pillar_society"],
                         [score["index"] for score in foundation["scores"]])
        self.assertEqual(("0,4860", "0.48603", False), tuple(foundation["scores"][0][name] for name in ("text_vi", "exact", "running")))


class ScoreCacheVerified(BusTestCase):
    """It damages the cache, and repairs it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.aggregator = cls.bus.aggregator()
        publish_fixtures(cls.bus)
        cls.cache = Cache(cls.bus.redis)
        cls.cache.settle()

    def verify(self, *options):
        status, out, error = self.bus.ctl("verify", "--lang", "en", *options)
        self.assertEqual("", error)
        return status, out

    def change(self, key, field, value):
        before = self.bus.redis("HGET", key, field)
        self.addCleanup(self.bus.redis, *(["HDEL", key, field] if before is None else ["HSET", key, field, before]))
        self.bus.redis(*(["HDEL", key, field] if value is None else ["HSET", key, field, value]))
        return before.decode() if before else None

    def test_no_difference(self):
        status, out = self.verify()
        self.assertEqual(0, status, out)
        self.assertRegex(out, r", [1-9]\d+ scores: 0 differences\n$")

    def test_a_score_that_is_wrong_lost_or_too_many(self):
        key = "chiso:{35}:score:2025-Q1"
        for field, value in (("35|qd766.satisfaction", "value computed complete 0 11.41 11.41"), ("35|qd766", None),
                             ("36|qd766", "value computed complete 0 99.00 99"), ("35|nothing", "value computed complete 0 99.00 99"),
                             ("35|pillar:digital_government", "5 11 94.4 125463/1330")):
            with self.subTest(field):
                before = self.change(key, field, value)
                status, out = self.verify("--province", "35")
                self.assertEqual(1, status)
                self.assertIn(f"{key} {field}\n  stored:   {value or '(no score)'}\n  computed: {before or '(no score)'}\n", out)
                self.assertTrue(out.endswith(" scores: 1 differences\n"))
                self.doCleanups()

    def test_a_hash_of_a_window_that_has_none(self):
        for period, text in (("2019", "chiso:{35}:score:2019 35|dti\n  stored:   x\n  computed: (no score)\n"),
                             ("sometime", "chiso:{35}:score:sometime\n  stored:   (there is a key)\n  computed: (not a period)\n")):
            self.bus.redis("HSET", f"chiso:{{35}}:score:{period}", "35|dti", "x")
            status, out = self.verify("--province", "35")
            self.bus.redis("DEL", f"chiso:{{35}}:score:{period}")
            self.assertEqual(1, status)
            self.assertIn(text, out)

    def test_a_ranking_that_is_wrong(self):
        self.addCleanup(self.bus.redis, "ZADD", "chiso:rank:dti:2022", 4860, "35")
        self.bus.redis("ZADD", "chiso:rank:dti:2022", 4861, "35")
        self.addCleanup(self.bus.redis, "DEL", "chiso:rank:dti:2019")
        self.bus.redis("ZADD", "chiso:rank:dti:2019", 1, "35")
        status, out = self.verify()
        self.assertEqual(1, status)
        self.assertIn("chiso:rank:dti:2022 35\n  stored:   4861\n  computed: 4860\n", out)
        self.assertIn("chiso:rank:dti:2019 35\n  stored:   1\n  computed: (not ranked)\n", out)
        self.assertTrue(out.endswith(": 2 differences\n"))

    def test_scores_that_nobody_keeps_current(self):
        """The figures go on and the cache does not: that is found too, and the wrong score is told as behind."""
        self.cache.settle()
        saved = {key: self.bus.redis("DUMP", key) for key in self.bus.redis.keys("chiso:{35}:score*")}
        row = self.bus.ctl_json("get", "--unit", "35", "--period", "2022", "--indicator", "dti.security")[0]
        status, out, error = self.bus.publish(self.bus.csv("change.csv", (
            "unit,period,indicator,value,revision\n" f"35,2022,dti.security,0.9,{row['revision'] + 1}\n")))
        self.assertEqual(0, status, out + error)
        self.aggregator.stop()
        for key, dump in saved.items():
            self.bus.redis("RESTORE", key, 0, dump, "REPLACE")
        status, out = self.verify("--province", "35")
        self.assertEqual(1, status)
        self.assertRegex(out, r"chiso:\{35\}:score:2022 35\|dti\n  stored: .*\n  computed: .*\n"
                              r"  the scores are of commit \d+, the figures of \d+\n")
        type(self).aggregator = self.bus.aggregator()
        self.assertEqual(0, self.verify()[0])


class ScoreCacheFollows(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.aggregator = cls.bus.aggregator()
        publish_fixtures(cls.bus)
        cls.cache = Cache(cls.bus.redis)

    def setUp(self):
        self.cache.settle()

    def figure(self, unit, period, indicator, value, denominator, revision):
        self.publish("unit,period,indicator,value,denominator,revision\n"
                     f"{unit},{period},{indicator},{value},{denominator},{revision}\n")

    def publish(self, text):
        status, out, error = self.bus.publish(self.bus.csv("change.csv", text))
        self.assertEqual(0, status, out + error)

    def satisfaction(self, unit="35"):
        return (self.bus.redis("HGET", f"chiso:{{{unit}}}:score:2025-Q1", f"{unit}|qd766.satisfaction") or b"").decode()

    def computed(self, index="qd766.satisfaction"):
        return {row["unit"]: row["value"] for row in self.bus.ctl_json("score", "--index", index, "--period", "2025-Q1")}

    def test_a_correction_a_withdrawal_and_their_end(self):
        before = self.satisfaction()
        row = self.bus.ctl_json("get", "--unit", "35", "--period", "2025-Q1", "--indicator", "qd766.petitions_on_time_rate")[0]
        self.figure("35.vp", "2025-Q1", "qd766.petitions_on_time_rate", 1, 1000, row["revision"] + 1)
        until("the score follows", lambda: self.satisfaction() != before, seconds=10)
        self.cache.settle()
        value = self.satisfaction().split(" ")[4]
        self.assertEqual(self.computed()["35"], value)
        self.assertEqual(int(value.replace(".", "")), self.cache.ranks()["qd766.satisfaction", "2025-Q1"]["35"])
        # what it is nested in follows too
        self.assertEqual(self.computed("qd766")["35"],
                         self.bus.redis("HGET", "chiso:{35}:score:2025-Q1", "35|qd766").decode().split(" ")[4])
        self.publish("unit,period,indicator,value,withdrawn,revision\n"
                     f"35.vp,2025-Q1,qd766.petitions_on_time_rate,,yes,{row['revision'] + 2}\n")
        until("nothing is left to score", lambda: self.satisfaction().startswith("missing - incomplete 1 - -"), seconds=10)
        self.cache.settle()
        self.assertNotIn("35", self.cache.ranks()["qd766.satisfaction", "2025-Q1"])

    def test_a_figure_in_no_score_moves_the_commit_along(self):
        row = self.bus.ctl_json("get", "--unit", "35.syt", "--period", "2025-03", "--indicator", "health.ehr_records")[0]
        self.figure("35.syt", "2025-03", "health.ehr_records", 5, "", row["revision"] + 9)
        self.cache.settle()

    def test_deleted_hashes_come_back(self):
        hashes, ranks = self.cache.hashes(), self.cache.ranks()
        for key in ("chiso:{35}:score:2025-Q1", "chiso:{30}:score", "chiso:{30}:score:2022"):
            self.bus.redis("DEL", key)
        until("they are back", lambda: self.cache.hashes() == hashes)
        self.cache.settle()
        self.assertEqual(ranks, self.cache.ranks())

    def test_deleted_rankings_come_back(self):
        ranks = self.cache.ranks()  # of 2021, which no other test touches
        self.assertEqual(1, self.bus.redis("DEL", "chiso:rank:dti:2021"))
        until("it is back", lambda: self.cache.ranks() == ranks)
        self.aggregator.wait_for_log("event=rankings_deleted")

    def test_as_of_is_in_every_row(self):
        question = ("score", "--index", "dti", "--period", "2022")
        for more in ((), ("--unit", "35")):
            self.assertEqual({None}, {row["as_of"] for row in self.bus.ctl_json(*question, *more)})
            rows = self.bus.ctl_json(*question, *more, "--as-of", "2025-05-05T08:00:00+07:00")
            self.assertEqual({"2025-05-05T08:00:00.000+07:00"}, {row["as_of"] for row in rows})

    def test_killed_and_started_again(self):
        hashes, ranks = self.cache.hashes(), self.cache.ranks()
        self.aggregator.kill()
        for key in self.bus.redis.keys("chiso:*score*") + self.bus.redis.keys("chiso:rank:*"):
            self.bus.redis("DEL", key)
        self.bus.redis("FUNCTION", "FLUSH")
        # of a period and an index that there never were, and one that is wrong
        self.bus.redis("HSET", "chiso:{35}:score:2019", "35|dti", "value computed complete 0 1.0000 1", "seq", 1)
        self.bus.redis("HSET", "chiso:{35}:score:2022", "35|dti", "value computed complete 0 1.0000 1", "seq", 1)
        self.bus.redis("ZADD", "chiso:rank:dti:2019", 10000, "35")
        self.bus.redis("ZADD", "chiso:rank:none:2022", 10000, "35")
        type(self).aggregator = self.bus.aggregator()
        until("all is as it was", lambda: (self.cache.hashes(), self.cache.ranks()) == (hashes, ranks))
        self.cache.settle()

    def test_functions_that_were_lost_are_installed_again(self):
        self.bus.redis("FUNCTION", "FLUSH")
        row = self.bus.ctl_json("get", "--unit", "30", "--period", "2022", "--indicator", "dti.security")[0]
        self.figure("30", "2022", "dti.security", "0.1", "", row["revision"] + 1)
        until("the score follows", lambda: (self.bus.redis("HGET", "chiso:{30}:score:2022", "30|dti") or b"").decode().split(" ")[4]
              == {row["unit"]: row["value"] for row in self.bus.ctl_json("score", "--index", "dti", "--period", "2022")}["30"])

    def test_stopped_right_after_a_report_it_is_current(self):
        row = self.bus.ctl_json("get", "--unit", "35", "--period", "2022", "--indicator", "dti.security")[0]
        self.figure("35", "2022", "dti.security", "0.2", "", row["revision"] + 1)
        self.aggregator.stop()
        self.assertTrue(self.cache.is_current())
        type(self).aggregator = self.bus.aggregator()


class ScoreFunctions(BusTestCase):
    """What several writers of the cache cannot do to each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.aggregator().stop()  # the functions stay

    def refresh(self, province, seq, *pairs, scope="all", as_of="2025-05-05"):
        return self.bus.redis("FCALL", self.bus.redis.function("chiso_scores"), 1, f"chiso:{{{province}}}:score:2024", seq, as_of, scope, *pairs)

    def rank(self):
        self.bus.redis("FCALL", self.bus.redis.function("chiso_rank"), 3, "chiso:rank:x:2024", "chiso:{01}:score:2024", "chiso:{02}:score:2024",
                       "x", 2, "01", "01.a", 1, "02")
        flat = self.bus.redis("ZREVRANGE", "chiso:rank:x:2024", 0, -1, "WITHSCORES")
        return [word.decode() for word in flat]

    def tearDown(self):
        self.bus.redis("FLUSHDB")

    def test_a_hash_never_goes_back(self):
        self.assertEqual([b"ok", b"x"], self.refresh("01", 10, "01|x", "value computed complete 0 1.0 1"))
        self.assertEqual([b"newer", b"10"], self.refresh("01", 9, "01|x", "value computed complete 0 2.0 2"))
        self.assertEqual([b"ok"], self.refresh("01", 10, "01|x", "value computed complete 0 1.0 1"))
        self.assertEqual("value computed complete 0 1.0 1", self.bus.redis.hash("chiso:{01}:score:2024")["01|x"])
        done = ("FCALL", self.bus.redis.function("chiso_scores_done"), 1, "chiso:{01}:score")
        self.assertEqual([b"ok"], self.bus.redis(*done, 10, "2025-05-05", "abc"))
        self.assertEqual([b"newer", b"10"], self.bus.redis(*done, 9, "2025-05-06", "abc"))

    def test_what_is_replaced(self):
        self.refresh("01", 1, "01|x", "a", "01|y", "b", "01|pillar:p", "c", "01|pillar:q", "d")
        self.assertEqual([b"ok", b"y"], self.refresh("01", 2, "01|x", "a", scope="indices", as_of="2025-05-06"))
        self.assertEqual({"01|x": "a", "01|pillar:p": "c", "01|pillar:q": "d", "seq": "2", "as_of": "2025-05-05"},
                         self.bus.redis.hash("chiso:{01}:score:2024"))
        self.assertEqual([b"ok"], self.refresh("01", 3, "01|pillar:p", "e", scope="pillars", as_of="2025-05-06"))
        self.assertEqual({"01|x": "a", "01|pillar:p": "e", "seq": "3", "as_of": "2025-05-06"},
                         self.bus.redis.hash("chiso:{01}:score:2024"))
        self.assertEqual([b"ok", b"x"], self.refresh("01", 4))
        self.assertEqual([], self.bus.redis.keys("chiso:*"))

    def test_rankings(self):
        self.refresh("01", 1, "01|x", "value published incomplete 0 0.4885 0.4885 | - -", "01.a|x", "missing - incomplete 1 - -",
                     "01|xx", "value computed complete 0 9.0 9")
        self.assertEqual(["01", "4885"], self.rank())
        self.refresh("02", 1, "02|x", "value computed complete 0 0.5000 1/2")
        self.assertEqual(["02", "5000", "01", "4885"], self.rank())
        self.refresh("02", 2, "02|x", "value computed complete 0 -0.5000 -1/2")
        self.assertEqual(["01", "4885", "02", "-5000"], self.rank())
        self.refresh("02", 3, "02|x", "elsewhere - complete 0 - -")
        self.assertEqual([], self.rank())
        self.refresh("02", 4, "02|x", "value computed complete 0 900719925474.0992 900719925474.0992")
        self.assertEqual([], self.rank())
        self.refresh("02", 5, "02|x", "value computed complete 0 900719925474.0991 900719925474.0991")
        self.assertEqual(["02", "9007199254740991", "01", "4885"], self.rank())


class ScoreCacheAndMergers(unittest.TestCase):
    def test_a_year_with_a_merger_inside_is_computed_when_read(self):
        """35, 36 and 37 became 37 on 1/7/2025. The half-years are kept; the year needs figures of three provinces, which
        chisoctl reads and the cache says it has not."""
        bus = Bus("ScoreCacheAndMergersLater", clock="2026-02-02T08:00:00+07:00")
        self.addCleanup(bus.close)
        bus.aggregator()
        text = "unit,period,indicator,value,denominator\n"
        for unit, periods in (("35.vp", ("Q1", "Q2")), ("36.vp", ("Q1", "Q2")), ("37.vp", ("Q1", "Q2", "Q3", "Q4"))):
            for period in periods:
                text += f"{unit},2025-{period},qd766.petitions_on_time_rate,1,2\n"
                text += f"{unit},2025-{period},qd766.petitions_satisfied_rate,0,0\n"
        for unit, value in (("35.vp", 1), ("36.vp", 1), ("37.vp", 5)):
            text += f"{unit},2025-H1,qd766.dossiers_satisfied_rate,{value},10\n"
        text += "37.vp,2025-H2,qd766.dossiers_satisfied_rate,9,10\n"
        status, out, error = bus.publish(bus.csv("merger.csv", text))
        self.assertEqual(0, status, out + error)
        cache = Cache(bus.redis)
        until("the scores are current", cache.is_current)
        key = ("qd766.satisfaction", "2025")
        until("the half-year is ranked", lambda: cache.ranks().get((key[0], "2025-H2")))
        scores = cache.scores()
        self.assertEqual("12.33", scores["qd766.satisfaction", "2025-H1"]["37"][4])
        self.assertEqual("15.00", scores["qd766.satisfaction", "2025-H2"]["37"][4])
        self.assertEqual({"37": ["elsewhere", "-", "complete", "0", "-", "-"]}, scores[key])
        self.assertNotIn(key, cache.ranks())
        row = next(row for row in bus.ctl_json("score", "--index", key[0], "--period", key[1]) if row["unit"] == "37")
        # 3 + 6 + 6 · (16/40) / 0.9
        self.assertEqual(("11.67", 1), (row["value"], row["rank"]))
        status, out, _ = bus.ctl("verify", "--lang", "en")
        self.assertEqual(0, status, out)


class ScoreCacheAndCatalogues(BusTestCase):
    def test_another_catalogue_and_two_aggregators(self):
        """Each serves its own provinces; a ranking has all of them."""
        cache = Cache(self.bus.redis)
        first = self.bus.aggregator("--provinces", "35,36", name="first")
        second = self.bus.aggregator("--provinces", "30,02,08", name="second")
        publish_fixtures_of(self.bus, PROVINCES)
        cache.settle()
        self.assertEqual({"30", "35"}, cache.ranks()["dti", "2022"].keys() & {"30", "35"})
        first.stop()
        second.stop()
        folder = self.bus.folder / "catalogue"
        shutil.copytree(CATALOGUE, folder)
        path = folder / "indices.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("dti.pillar_gov,")) + "\n",
                        encoding="utf-8")
        path = folder / "index_components.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("dti.pillar_gov,")) + "\n",
                        encoding="utf-8")
        self.assertTrue(any(index == "dti.pillar_gov" for index, _ in cache.ranks()))
        self.bus.catalogue = folder
        self.bus.aggregator(name="both")
        cache.settle()
        until("the index is gone", lambda: not any(index == "dti.pillar_gov" for index, _ in cache.ranks()))
        self.assertFalse(any(index == "dti.pillar_gov" for index, _ in cache.scores()))


class ScoreCacheAndReload(unittest.TestCase):
    def test_a_catalogue_that_is_reloaded(self):
        """An index with other decimals, and one fewer: scores and rankings are those of the new catalogue."""
        bus = Bus("ScoreCacheAndReload")
        self.addCleanup(bus.close)
        bus.catalogue = bus.folder / "catalogue"
        shutil.copytree(CATALOGUE, bus.catalogue)
        aggregator = bus.aggregator()
        publish_fixtures_of(bus, ("35", "36"))
        cache = Cache(bus.redis)
        cache.settle()
        self.assertEqual(7475, cache.ranks()["qd766", "2025-Q1"]["35"])
        for name in ("indices.csv", "index_components.csv"):
            path = bus.catalogue / name
            lines = [line.replace("qd766,,,\"Chỉ số", "qd766,2020-01-01,,\"Chỉ số").replace(",points,100,points,2,", ",points,100,points,1,")
                     for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("dti.pillar_gov,")]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        before = bus.redis("GET", "chiso:catalogue:current")
        aggregator.process.send_signal(signal.SIGHUP)
        until("the new catalogue is in force", lambda: bus.redis("GET", "chiso:catalogue:current") != before)
        until("half up to one decimal", lambda: cache.ranks().get(("qd766", "2025-Q1"), {}).get("35") == 748)
        cache.settle()
        self.assertFalse([key for key in cache.scores() if key[0] == "dti.pillar_gov"])
        until("nor a ranking", lambda: not [key for key in cache.ranks() if key[0] == "dti.pillar_gov"])
        self.assertEqual(bus.redis("GET", "chiso:catalogue:current"), bus.redis("HGET", "chiso:{35}:score", "catalogue"))


def publish_fixtures_of(bus, provinces):
    """The fixtures of some provinces, which is all that anybody answers."""
    known = fixture_reports.Provinces()
    for path in fixture_reports.files():
        rows = path.read_text(encoding="utf-8-sig").splitlines()
        kept = [row for row in rows[1:] if known_province(known, row) in provinces]
        if kept:
            status, out, error = bus.publish(bus.csv(path.name, "\n".join([rows[0], *kept]) + "\n"),
                                             outbox=f"{path.stem}.db")
            if status:
                raise AssertionError(f"{path}: {out}{error}")


def known_province(known, row):
    unit = row.split(",")[0]
    return known.of(unit) if unit in known.units and known.units[unit]["kind"] != "nation" else None
