"""Redis in every way it can fail: reports wait, nothing is lost or counted twice, and the operator is told (deploy/FAULTS.md)."""

import signal
import subprocess
import unittest

from faults import FaultTestCase
from harness import PATIENCE_S, until
from messages import outcome_name
from mqtt_client import count, report


class RedisTestCase(FaultTestCase):
    def setUp(self):
        super().setUp()
        self.watch_counters()
        self.aggregator = self.bus.aggregator()
        self.sender = self.reporter()
        self.accepted(self.sender, "2024-01")

    def still_runs(self, *events):
        """After the fault: it is counted, reports are taken as ever, and what is stored is whole."""
        self.counted(*events)
        self.assertTrue(self.aggregator.running())
        self.accepted(self.sender, "2024-12")
        self.verify()


class Away(RedisTestCase):
    def test_killed_and_started_again(self):
        self.bus.redis_server.kill()
        waiting = self.send(self.sender, "2024-02")
        self.aggregator.wait_for_log("event=commit_unknown province=35")
        self.assertEqual([], self.sender.verdicts_for(waiting))
        self.restart_redis()
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))
        self.assertEqual(2, self.journal_length())
        self.still_runs("commit_unknown")

    def test_stopped_and_started_between_two_reports(self):
        self.assertEqual(0, self.bus.redis_server.stop())
        self.restart_redis()
        self.accepted(self.sender, "2024-02")
        self.assertEqual(2, self.journal_length())
        self.still_runs()

    def test_not_there_at_the_start(self):
        """A supervisor starts it again; nothing is answered before."""
        self.assertEqual(0, self.aggregator.stop())
        self.assertEqual(0, self.bus.redis_server.stop())
        waiting = self.send(self.sender, "2024-02")
        aggregator = self.bus.aggregator(ready=False)
        self.assertEqual(1, aggregator.process.wait(PATIENCE_S))
        self.assertIn("event=redis_unreachable", aggregator.text())
        self.restart_redis()
        self.aggregator = self.bus.aggregator()
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))

    def test_longer_than_a_batch_is_kept(self):
        """Then the broker has it again, and delivers it when Redis is back."""
        self.brief_keepalive()
        self.watch_counters()
        sender = self.reporter("35.x002")
        self.bus.redis_server.kill()
        self.aggregator.kill()
        self.restart_redis()
        self.aggregator = self.bus.aggregator()
        self.bus.redis_server.kill()
        waiting = self.send(sender, "2024-02", unit="35.x002")
        until("it was given back for longer than a connection may be silent",
              lambda: self.aggregator.text().count("event=batch_given_back") >= 4)
        self.assertNotIn("event=mqtt_lost", self.aggregator.text())
        self.restart_redis()
        self.assertEqual("ACCEPTED", self.outcome(sender, waiting))
        self.counted("batch_given_back")
        self.verify()


class Refuses(RedisTestCase):
    def refused(self, event, begin, end, noticed_before=False):
        """A report that comes while Redis refuses is committed once it does not."""
        self.bus.redis(*begin)
        if noticed_before:
            self.aggregator.wait_for_log(event)
        waiting = self.send(self.sender, "2024-02")
        self.aggregator.wait_for_log("event=commit_unknown" if noticed_before else event)
        self.assertEqual([], self.sender.verdicts_for(waiting))
        self.assertIsNone(self.leaf("2024-02"))
        self.bus.redis(*end)
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))
        self.assertEqual(2, self.journal_length())

    def test_a_replica(self):
        self.refused("level=error event=redis_setting_unsafe setting=role is=slave must_be=master",
                     ("REPLICAOF", "127.0.0.1", 1), ("REPLICAOF", "NO", "ONE"), noticed_before=True)
        self.still_runs("redis_setting_unsafe")

    def test_without_the_replicas_it_wants(self):
        self.refused('event=commit_refused province=35 reason="NOREPLICAS',
                     ("CONFIG", "SET", "min-replicas-to-write", 1), ("CONFIG", "SET", "min-replicas-to-write", 0))
        self.still_runs("commit_refused")

    def test_no_memory_left(self):
        self.refused('event=commit_refused province=35 reason="OOM ',
                     ("CONFIG", "SET", "maxmemory", 1), ("CONFIG", "SET", "maxmemory", 0))
        self.still_runs("commit_refused")

    def test_settings_under_which_a_receipt_would_be_a_lie(self):
        self.refused("level=error event=redis_setting_unsafe setting=appendfsync is=everysec must_be=always",
                     ("CONFIG", "SET", "appendfsync", "everysec"), ("CONFIG", "SET", "appendfsync", "always"),
                     noticed_before=True)
        self.still_runs("redis_setting_unsafe")

    def test_started_again_with_such_settings(self):
        self.assertEqual(0, self.bus.redis_server.stop())
        self.bus.redis.close()
        config = self.bus.folder / "redis.conf"
        self.bus.redis_server = self.bus.start("redis", ["redis-server", config, "--maxmemory-policy", "allkeys-lru"])
        waiting = self.send(self.sender, "2024-02")
        self.aggregator.wait_for_log("event=redis_setting_unsafe setting=maxmemory-policy is=allkeys-lru")
        self.assertEqual([], self.sender.verdicts_for(waiting))
        self.assertEqual(0, self.bus.redis_server.stop())
        self.bus.start_redis()
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))
        self.still_runs("redis_setting_unsafe")


class Disk(RedisTestCase):
    def journal_file(self):
        return max((self.bus.folder / "redis/appendonlydir").glob("*.incr.aof"))

    def test_full(self):
        """With appendfsync always Redis ends on a full disk; what it had begun to write is cut off at its next start."""
        limit = self.journal_file().stat().st_size + 100
        subprocess.run(["prlimit", f"--pid={self.bus.redis_server.process.pid}", f"--fsize={limit}:{limit}"], check=True)
        waiting = self.send(self.sender, "2024-02")
        self.assertNotEqual(0, self.bus.redis_server.process.wait(PATIENCE_S))
        self.aggregator.wait_for_log("event=commit_unknown")
        self.assertEqual([], self.sender.verdicts_for(waiting))
        self.restart_redis()
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))
        self.assertEqual(2, self.journal_length())
        self.still_runs("commit_unknown")

    def test_a_file_that_was_cut_short(self):
        """Receipted commits are gone: it is said, and counted, and what is stored is whole."""
        self.accepted(self.sender, "2024-02")
        size = self.journal_file().stat().st_size
        self.accepted(self.sender, "2024-03")
        self.bus.redis_server.kill()
        path = self.journal_file()
        with open(path, "r+b") as file:
            file.truncate((size + path.stat().st_size) // 2)  # in the midst of the last commit
        self.restart_redis()
        self.aggregator.wait_for_log("level=error event=history_lost province=35 receipted_up_to=3 stored_up_to=2")
        self.assertIsNone(self.leaf("2024-03"))
        self.verify()
        self.accepted(self.sender, "2024-03")
        self.still_runs("history_lost")
        self.assertEqual(1, self.aggregator.text().count("event=history_lost"))


class Wiped(RedisTestCase):
    def test_repeats_of_what_was_not_committed(self):
        """A batch of several commits; the first finds its province wiped. Repeats behind it are not told to be there already."""
        sender = self.reporter("36.gateway", "36")
        self.assertEqual("ACCEPTED", outcome_name(sender.publish(report("36", "2023", 1, count("legal.plans_issued", 3)))))
        message = report("36", "2024", 1, count("legal.plans_issued", 3))
        self.aggregator.process.send_signal(signal.SIGSTOP)
        for _ in range(2500):
            sender.client.publish(f"chiso/v1/report/{sender.tail}", message.SerializeToString(), qos=1)
        sender.send_bytes(message.SerializeToString())
        self.bus.redis("DEL", *self.bus.redis.keys("chiso:{36}:*"))
        self.aggregator.process.send_signal(signal.SIGCONT)
        verdicts = sender.wait_for("a verdict", lambda: sender.verdicts_for(message.report_id))
        self.assertEqual("ACCEPTED", outcome_name(verdicts[0]), "before anything else is said of it")
        self.still_runs("history_lost")

    def test_a_province(self):
        self.bus.redis("DEL", *self.bus.redis.keys("chiso:{35}:*"))
        self.aggregator.wait_for_log("level=error event=history_lost province=35 receipted_up_to=1 stored_up_to=0")
        self.accepted(self.sender, "2024-02")
        self.assertIsNone(self.leaf("2024-01"))
        self.still_runs("history_lost")

    def test_a_province_that_somebody_else_began_again(self):
        """As many commits as there were, but not the same ones."""
        self.aggregator.process.send_signal(signal.SIGSTOP)
        self.bus.redis("DEL", *self.bus.redis.keys("chiso:{35}:*"))
        other = self.bus.aggregator(name="other")
        waiting = self.send(self.sender, "2024-02")
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))
        other.stop()
        self.aggregator.process.send_signal(signal.SIGCONT)
        self.aggregator.wait_for_log("event=history_lost province=35 receipted_up_to=1 stored_up_to=1")
        self.still_runs("history_lost")

    def test_all_of_it(self):
        """Without a catalogue nobody can read anything: the next start brings the folder's."""
        self.bus.redis("FLUSHALL")
        self.assertEqual(1, self.aggregator.process.wait(PATIENCE_S))
        self.assertIn("level=error event=catalogue_lost", self.aggregator.text())
        self.aggregator = self.bus.aggregator()
        self.still_runs()


class Slow(RedisTestCase):
    def test_paused(self):
        self.bus.redis("CLIENT", "PAUSE", 1500, "WRITE")
        self.accepted(self.sender, "2024-02")
        self.assertEqual(2, self.journal_length())
        self.still_runs()

    def test_an_answer_that_comes_too_late(self):
        """The commit is looked for in the journal and sent again, and what was sent first takes effect then: once."""
        self.bus.redis("CLIENT", "PAUSE", 6000, "WRITE")
        self.accepted(self.sender, "2024-02")
        self.assertEqual(2, self.journal_length())
        self.still_runs()

    def test_silent(self):
        """For as long as one answer is waited for, whatever was asked."""
        self.bus.redis_server.process.send_signal(signal.SIGSTOP)
        waiting = self.send(self.sender, "2024-02")
        self.aggregator.wait_for_log("no answer in time")
        self.bus.redis_server.process.send_signal(signal.SIGCONT)
        self.arrives(self.sender, waiting)
        self.assertEqual(2, self.journal_length())
        self.still_runs()


class Function(RedisTestCase):
    def test_missing(self):
        self.bus.redis("FUNCTION", "FLUSH")
        self.accepted(self.sender, "2024-02")
        self.assertIn("event=function_missing province=35", self.aggregator.text())
        self.still_runs("function_missing")

    def test_of_another_version(self):
        """It is named with what it is made of, so another version stands beside it and neither calls the other's."""
        ours = self.bus.redis.function("chiso_commit")
        self.bus.redis("FUNCTION", "LOAD", "#!lua name=chiso_commit_v1_00000000\n"
                       "redis.register_function('chiso_commit_v1_00000000', function() return {'ok', '999'} end)")
        self.accepted(self.sender, "2024-02")
        self.bus.redis("FUNCTION", "DELETE", ours)
        self.accepted(self.sender, "2024-03")
        self.assertEqual(b"1 1", self.leaf("2024-03")[:3])
        self.assertEqual(3, self.journal_length())
        self.still_runs("function_missing")

    def replace_function(self, old, new):
        """The commit with NEW for OLD in its text; returns the text as it was."""
        name = self.bus.redis.function("chiso_commit")
        code = dict(zip(*[iter(self.bus.redis("FUNCTION", "LIST", "LIBRARYNAME", name, "WITHCODE")[0])] * 2))
        body = code[b"library_code"].decode()
        self.assertIn(old, body)
        self.bus.redis("FUNCTION", "LOAD", "REPLACE", body.replace(old, new, 1))
        return body

    def test_a_call_that_is_late_goes_before_the_one_that_was_sent_in_its_place(self):
        """The conflict is with oneself: the report is accepted once, and no duplicate."""
        name = self.bus.redis.function("chiso_commit")
        body = self.replace_function(f"register_function('{name}', commit)", f"""register_function('{name}', function(keys, argv)
            commit(keys, argv) -- what came late
            return commit(keys, argv)
        end)""")
        self.bus.redis("CLIENT", "PAUSE", 60000, "WRITE")
        waiting = self.send(self.sender, "2024-02")
        self.aggregator.wait_for_log("event=commit_unknown province=35")
        self.bus.redis("CLIENT", "UNPAUSE")
        self.assertEqual("ACCEPTED", self.outcome(self.sender, waiting))
        self.bus.redis("FUNCTION", "LOAD", "REPLACE", body)
        self.assertEqual(2, self.journal_length())
        self.still_runs("commit_unknown")
        self.assertNotIn("DUPLICATE", str(self.bus.redis.hash("chiso:{35}:ledger")))

    REPORTS = 2500

    def test_refuses_one_of_a_batch_whose_commits_are_under_way_together(self):
        """What was decided behind it, as if it had succeeded, is decided again; each report counts once."""
        body = self.replace_function("local function commit(keys, argv)\n", """local function commit(keys, argv)
            if argv[1] == '2' and redis.call('INCR', 'refused') == 1 then
                return redis.error_reply('ERR for the test')
            end
        """)
        self.aggregator.process.send_signal(signal.SIGSTOP)
        sent = {}
        for number in range(self.REPORTS):
            unit, month = f"35.x{number % 90 + 1:03}", f"20{10 + number // 1080}-{number // 90 % 12 + 1:02}"
            sent[unit, month] = number + 1
            self.send(self.sender, month, value=number + 1, unit=unit)
        self.aggregator.process.send_signal(signal.SIGCONT)
        self.sender.wait_for("all verdicts", lambda: len({one.report_id for one in self.sender.verdicts}) > len(sent))
        self.bus.redis("DEL", "refused")
        self.bus.redis("FUNCTION", "LOAD", "REPLACE", body)
        self.aggregator.wait_for_log('event=commit_refused province=35 reason="ERR for the test"')
        self.assertEqual({"ACCEPTED"}, {outcome_name(one) for one in self.sender.verdicts})
        self.assertEqual(len(sent) + 1, len(self.sender.verdicts))
        ledger = self.bus.redis.hash("chiso:{35}:ledger")
        self.assertEqual(len(sent) + 1, sum(int(n) for field, n in ledger.items() if field.endswith(":ACCEPTED")))
        for (unit, month), value in sent.items():
            self.assertEqual(b"1 %d" % value, b" ".join(self.leaf(month, unit).split(b" ")[:2]))
        self.still_runs("commit_refused")


if __name__ == "__main__":
    unittest.main()
