"""chiso-publisher as a service, against the real broker and a centre that follows a script: files in, results out,
the status, and what happens when it is killed at any step in between."""

import os
import random
import time

from centre import Centre
from harness import BusTestCase, until
from mqtt_client import Viewer
from watching import Folder, HEADER, start, status


class Watching(BusTestCase):
    def setUp(self):
        self.centre = Centre(self.bus)
        self.addCleanup(self.centre.close)
        name = self._testMethodName
        self.box = self.bus.folder / f"{name}.outbox"
        self.folder = Folder(self.bus.folder / name)

    def start(self, *options, settle=None):
        more = ("--province", "35", "--lang", "en", *(("--settle", settle) if settle else ()), *options)
        program = start(self.bus, self._testMethodName, self.folder, self.box, *more)
        self.addCleanup(program.stop)
        return program

    def unit_revisions(self):
        return [(unit, revision) for unit, revision, _ in self.centre.numbers()]


class Files(Watching):
    def test_a_file_goes_out_and_its_result_lies_beside_it(self):
        self.start()
        self.centre.refused["c"] = "value -1 of c is negative"
        self.folder.put("quý 1.csv", "35,2024,a,5,,,,,", "35.stp,2024,b,980,1000,,,,", "35,2024,c,-1,,,,,")
        rows = self.folder.result("quý 1.csv")
        self.assertEqual([(2, "35", "a", "ACCEPTED"), (3, "35.stp", "b", "ACCEPTED"), (4, "35", "c", "REJECTED")],
                         [(int(row["line"]), row["unit"], row["indicator"], row["outcome"]) for row in rows])
        self.assertEqual(("1", "BAD_VALUE", "không được nhận: giá trị không hợp lệ",
                          "refused: value -1 of c is negative"),
                         tuple(rows[2][name] for name in ("revision", "reason", "ket_qua", "result")))
        self.assertEqual(("đã nhận và lưu", "taken over"), (rows[0]["ket_qua"], rows[0]["result"]))
        self.assertEqual(["quý 1.csv", "quý 1.csv.result.csv", "quý 1.csv.result.txt"], self.folder.names("done"))
        self.assertEqual(([], []), (self.folder.names(), self.folder.names("refused")))
        self.assertEqual("quý 1.csv\r\n\r\n"
                         "3 số liệu: 2 được nhận, 0 đã có sẵn, 0 đã có bản cao hơn, 1 không được nhận.\r\n"
                         "    3 figures: 2 accepted, 0 duplicate, 0 superseded, 1 refused.\r\n\r\n"
                         "Dòng 4 (35, 2024, c): không được nhận: giá trị không hợp lệ\r\n"
                         "    Line 4: refused: value -1 of c is negative\r\n",
                         self.folder.text("done/quý 1.csv.result.txt"))

    def test_again_under_the_same_name_is_not_overwritten(self):
        self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))
        self.folder.put("a.csv", "35,2024,a,5,,,,,", "35,2024,b,6,,,,,")
        self.assertEqual([(2, "a", "DUPLICATE"), (3, "b", "ACCEPTED")], self.folder.outcomes("a-2.csv"))
        self.folder.put("a.csv", "35,2024,a,7,,,,,")
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a-3.csv"))
        self.assertEqual(HEADER + "35,2024,a,5,,,,,\n", (self.folder.path / "done/a.csv").read_text())
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))

    def test_the_result_waits_for_the_last_try(self):
        self.centre.figures[("35", "2024", "a")] = (5, "something else")
        self.start()
        self.folder.put("a.csv", "35;2024;a;5,5;;;;;", header=HEADER.replace(",", ";"))
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))
        self.assertEqual([1, 5, 6], [revision for _, revision in self.unit_revisions()])
        self.assertTrue(self.folder.text("done/a.csv.result.csv").startswith("line;unit;period;"), "separated as it came")

    def test_a_given_revision_that_is_too_low(self):
        self.centre.figures[("35", "2024", "a")] = (5, "something else")
        self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,3,,")
        self.assertEqual([(2, "a", "SUPERSEDED")], self.folder.outcomes("a.csv"))
        self.assertIn("Dòng 2 (35, 2024, a): trung tâm đã có bản cao hơn\r\n    Line 2: the centre has a higher revision",
                      self.folder.text("done/a.csv.result.txt"))

    def test_a_faulty_file_is_refused_with_every_fault_in_both_languages(self):
        self.start()
        self.folder.put("x.csv", "35,2024,a,five,,,,,", "35,2024,b,5,,,,,", "35,20244,c,,,,,,")
        until("refused", lambda: self.folder.names("refused") == ["x.csv", "x.csv.txt"])
        lines = self.folder.text("refused/x.csv.txt").split("\r\n")
        self.assertEqual([
            "x.csv", "",
            "Dòng 2, ký tự 11: cột value: \"five\" không phải số như 1368 hoặc 13.68",
            "    Line 2, column 11: value \"five\" is not a number such as 1368 or 13.68",
            "Dòng 4, ký tự 4: \"20244\" không phải kỳ báo cáo như 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14, "
            "2024-01-01/2024-11-11 hoặc ../2022-09-30",
            "    Line 4, column 4: \"20244\" is not a period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, "
            "2025-03-14, 2024-01-01/2024-11-11 or ../2022-09-30",
            "Dòng 4, ký tự 12: không có giá trị; hãy ghi 0 nếu bằng không, hoặc yes ở cột not_applicable hay withdrawn",
            "    Line 4, column 12: no value; write 0 for zero, or yes in the column not_applicable or withdrawn",
            "", "Chưa có số liệu nào trong tệp này được gửi. Hãy sửa tệp và đặt lại vào thư mục.",
            "    Nothing of this file was sent. Mend it and put it into the folder again.", ""], lines)
        self.folder.put("x.csv", "nonsense")
        until("refused too", lambda: self.folder.names("refused") == ["x-2.csv", "x-2.csv.txt", "x.csv", "x.csv.txt"])
        self.assertEqual([], self.centre.reports)

    def test_the_catalogue_refuses_and_can_be_read_again(self):
        catalogue = self.bus.folder / "own-catalogue"
        catalogue.mkdir()
        for path in self.bus.catalogue.iterdir():
            if path.is_file():
                (catalogue / path.name).write_bytes(path.read_bytes())
        units = catalogue / "units.csv"
        program = self.start("--catalogue", catalogue, *self.bus.frozen())
        self.folder.put("u.csv", "35,2024,legal.plans_issued,9,,,,,", "35.new,2024,legal.plans_issued,9,,,,,")
        until("refused", lambda: "u.csv.txt" in self.folder.names("refused"))
        self.assertIn("Dòng 3: danh mục không có đơn vị \"35.new\"\r\n    Line 3: unit \"35.new\" is not in the catalogue",
                      self.folder.text("refused/u.csv.txt"))
        lines = units.read_text(encoding="utf-8-sig").splitlines()
        units.write_text("\n".join([*lines, "nonsense"]) + "\n", encoding="utf-8")
        program.process.send_signal(1)
        program.wait_for_log("event=catalogue_not_reloaded")
        self.assertEqual("code,valid_from,valid_to,kind,role,parent,name_vi,name_en", lines[0])
        units.write_text("\n".join([*lines, "35.new,,2025-06-30,district,,35,Huyện mới,New district"]) + "\n", encoding="utf-8")
        program.process.send_signal(1)
        program.wait_for_log("event=catalogue_reloaded")
        self.folder.put("u.csv", "35,2024,legal.plans_issued,9,,,,,", "35.new,2024,legal.plans_issued,9,,,,,")
        until("judged again", lambda: "u-2.csv.txt" in self.folder.names("refused"))
        self.assertIn("Dòng 3: đơn vị 35.new (district) không báo cáo chỉ số legal.plans_issued\r\n",
                      self.folder.text("refused/u-2.csv.txt"))

    def test_spreadsheets_are_refused_with_a_sentence_and_others_left_alone(self):
        self.start()
        for name in ("table.xlsx", "~$table.xlsx", "notes.txt", "a.csv.tmp", "a.csv.part", ".hidden.csv"):
            (self.folder.path / name).write_bytes(b"PK\x03\x04")
        os.symlink("/etc/passwd", self.folder.path / "link.csv")
        (self.folder.path / "folder.csv").mkdir()
        until("refused", lambda: self.folder.names("refused") == ["table.xlsx", "table.xlsx.txt"])
        self.assertIn("đây không phải tệp CSV; hãy lưu bảng tính dưới dạng \"CSV UTF-8\"",
                      self.folder.text("refused/table.xlsx.txt"))
        self.folder.put("b.csv", "35,2024,a,5,,,,,")
        self.folder.result("b.csv")
        self.assertEqual([".hidden.csv", "a.csv.part", "a.csv.tmp", "link.csv", "notes.txt", "~$table.xlsx"],
                         self.folder.names())

    def test_many_units_and_more_publishers_than_subscriptions(self):
        self.start()
        self.folder.put("all.csv", *(f"35.u{i},2024,a,{i},,,,," for i in range(200)))
        self.assertEqual({"ACCEPTED"}, {outcome for _, _, outcome in self.folder.outcomes("all.csv")})
        self.assertEqual(200, len({topic for topic, _ in self.centre.reports}))


class Completeness(Watching):
    def test_a_slow_copy_is_not_read_before_it_is_closed(self):
        program = self.start()
        rows = [f"35,2024,i{i},{i},,,,,\n" for i in range(4)]
        with open(self.folder.path / "slow.csv", "w", encoding="utf-8") as copy:
            copy.write(HEADER + "".join(rows[:2]))
            copy.flush()
            # Every look in this time finds a whole, valid and quiet file.
            for number in range(3):
                self.folder.put(f"other{number}.csv", "35,2024,x,1,,,,,")
                self.folder.result(f"other{number}.csv")
            self.assertEqual(["slow.csv"], self.folder.names())
            copy.writelines(rows[2:])
        self.assertEqual(4, len(self.folder.result("slow.csv")))
        self.assertTrue(program.running())

    def test_a_file_that_changes_is_left_until_it_settles(self):
        # As from another machine: opened, written and closed again and again, so that nobody has it open.
        self.start(settle="3")
        path = self.folder.path / "slow.csv"
        path.write_text(HEADER, encoding="utf-8")
        for i in range(5):
            time.sleep(1)
            self.assertEqual(["slow.csv"], self.folder.names())
            with open(path, "a", encoding="utf-8") as copy:
                copy.write(f"35,2024,i{i},{i},,,,,\n")
        self.assertEqual(5, len(self.folder.result("slow.csv")))

    def test_what_changes_after_it_was_read_is_said(self):
        self.centre.deaf = True
        self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        until("read", lambda: self.folder.names("done") == ["a.csv"])
        with open(self.folder.path / "done/a.csv", "a", encoding="utf-8") as copy:
            copy.write("35,2024,b,6,,,,,\n")
        self.centre.wait_for("the report", lambda: self.centre.reports)
        self.centre.answer(*self.centre.reports[0])
        self.folder.result("a.csv")
        self.assertIn("The file was changed after it had been read", self.folder.text("done/a.csv.result.txt"))


class Killed(Watching):
    """Every step is stopped at by something in its way; then the power fails."""

    def block(self, name):
        """NAME cannot be written while this lies in its place."""
        place = self.folder.path / name
        place.parent.mkdir(exist_ok=True)
        place.mkdir()
        return place

    def start_unanswered(self):
        """Sends a.csv to a centre that says nothing: a receipt that is lost with the process would show as DUPLICATE."""
        self.centre.deaf = True
        program = self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        return program

    def kill_unanswered(self, program):
        self.centre.wait_for("the report", lambda: self.centre.reports)
        program.kill()
        self.centre.deaf = False

    def test_before_it_is_in_the_outbox(self):
        self.centre.deaf = True
        program = self.start(settle="3600")
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        program.kill()
        self.centre.deaf = False
        self.start()
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))
        self.assertEqual([("35", 1)], self.unit_revisions())

    def test_in_the_outbox_and_not_moved(self):
        (self.folder.path / "done").write_text("in the way")
        program = self.start_unanswered()
        program.wait_for_log("event=file_waits .*tries=2 .*Not a directory")
        self.kill_unanswered(program)
        self.assertEqual(["a.csv", "done"], self.folder.names())
        (self.folder.path / "done").unlink()
        self.start()
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))
        self.assertEqual(1, len({report.report_id for _, report in self.centre.reports}), "not even sent twice")

    def test_moved_and_not_noted(self):
        (self.folder.path / "done").write_text("in the way")
        program = self.start_unanswered()
        program.wait_for_log("event=file_waits")
        self.kill_unanswered(program)
        (self.folder.path / "done").unlink()
        (self.folder.path / "done").mkdir()
        (self.folder.path / "a.csv").rename(self.folder.path / "done/a.csv")
        self.start()
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))
        self.assertEqual(1, len({report.report_id for _, report in self.centre.reports}))

    def test_another_file_of_that_name_meanwhile(self):
        (self.folder.path / "done").write_text("in the way")
        program = self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        program.wait_for_log("event=file_waits")
        program.kill()
        (self.folder.path / "done").unlink()
        self.folder.put("a.csv", "35,2024,a,6,,,,,")
        self.start()
        until("both results", lambda: {"a.csv.result.txt"} <= set(self.folder.names("done")))
        self.centre.wait_for("the newer one", lambda: self.centre.figures[("35", "2024", "a")][1][0] == 6)

    def test_receipted_and_the_result_not_written(self):
        place = self.block("done/a.csv.result.csv")
        program = self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,", "35,2024,b,6,,,,,")
        program.wait_for_log("event=result_not_written .*Is a directory")
        program.kill()
        place.rmdir()
        self.start()
        self.assertEqual([(2, "a", "ACCEPTED"), (3, "b", "ACCEPTED")], self.folder.outcomes("a.csv"))
        self.assertEqual([("35", 1)], self.unit_revisions())

    def test_half_of_the_result_written(self):
        place = self.block("done/a.csv.result.txt")
        program = self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        program.wait_for_log("event=result_not_written")
        program.kill()
        place.rmdir()
        self.start()
        self.assertEqual([(2, "a", "ACCEPTED")], self.folder.outcomes("a.csv"))

    def test_refused_and_not_moved(self):
        self.folder.put("x.csv", "nonsense")
        (self.folder.path / "refused").write_text("in the way")
        program = self.start()
        program.wait_for_log("event=file_waits")
        program.kill()
        (self.folder.path / "refused").unlink()
        self.start()
        until("refused", lambda: self.folder.names("refused") == ["x.csv", "x.csv.txt"])

    def test_at_random_moments(self):
        seed = int(os.environ.get("CHISO_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"seed {seed} ", end="", flush=True)
        rng = random.Random(seed)
        files, rows = 25, 40
        moments = {
            "at once": lambda *_: True,
            "taken": lambda program, _: "event=file_taken" in program.text(),
            "sent": lambda _, number: any(report.unit == f"35.u{number}" for _, report in self.centre.reports),
            "answered": lambda program, _: "event=file_settled" in program.text(),
            "moved": lambda _, number: f"f{number}.csv.result.txt" in self.folder.names("done"),
        }
        for number in range(files):
            program = self.start()
            self.folder.put(f"f{number}.csv", *(f"35.u{number},2024,i{i},{i},,,,," for i in range(rows)))
            moment = rng.choice(list(moments))
            until(moment, lambda: moments[moment](program, number))  # pylint: disable=cell-var-from-loop
            program.kill()
        self.start()
        for number in range(files):
            outcomes = self.folder.outcomes(f"f{number}.csv")
            self.assertEqual(rows, len(outcomes), f"seed {seed}")
            self.assertLessEqual({outcome for _, _, outcome in outcomes}, {"ACCEPTED", "DUPLICATE"})
        self.assertEqual([], self.folder.names())
        self.assertEqual(3 * files, len(self.folder.names("done")), "one place each")
        self.assertEqual({1}, {revision for revision, _ in self.centre.figures.values()}, f"seed {seed}")
        self.assertEqual(files * rows, len(self.centre.figures))


class Away(Watching):
    def test_a_folder_that_vanishes_and_comes_back(self):
        program = self.start()
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        self.folder.result("a.csv")
        away = self.folder.path.with_name("away")
        self.folder.path.rename(away)
        program.wait_for_log("event=folder_not_usable failures=2 .*No such file or directory")
        away.rename(self.folder.path)
        self.folder.put("b.csv", "35,2024,b,5,,,,,")
        self.folder.result("b.csv")
        self.assertEqual(0, program.stop())
        self.assertRegex(program.text(), r"event=counters published=2 outstanding=0 refused_by_broker=0 files_taken=2 "
                                         r"files_refused=0 files_waited=0 folder_failures=[2-9] outbox_failures=0")

    def test_a_link_in_the_place_of_done_is_not_followed(self):
        elsewhere = self.bus.folder / "elsewhere"
        elsewhere.mkdir()
        program = self.start()
        until("done", (self.folder.path / "done").exists)
        (self.folder.path / "done").rmdir()
        (self.folder.path / "done").symlink_to(elsewhere)
        program.wait_for_log("event=folder_not_usable")
        self.folder.put("a.csv", "35,2024,a,5,,,,,")
        program.wait_for_log("event=folder_not_usable failures=3")
        self.assertEqual([], list(elsewhere.iterdir()))
        (self.folder.path / "done").unlink()
        self.folder.result("a.csv")

    def test_no_folder_is_a_wrong_configuration(self):
        found = self.bus.run("chiso-publisher", "--watch", "/does/not/exist", "--outbox", self.box, "--province", "35")
        self.assertEqual((78, "chiso-publisher: folder /does/not/exist cannot be used: No such file or directory"),
                         (found[0], found[2].splitlines()[-1]))

    def test_usage(self):
        for words, sentence in (
                (["--watch", "x"], "--watch needs --outbox FILE, which keeps what has no receipt"),
                (["--watch", "x", "--outbox", "y"],
                 "the units' province is not known: give --catalogue DIR or --province PP"),
                (["--watch", "x", "--outbox", "y", "--province", "35", "--settle", "3601"],
                 "--settle must be a number of seconds, at most 3600"),
                (["--list"], "--list and --drop need --outbox FILE"),
                (["--list", "--drop", "x", "--outbox", "y"],
                 "--list and --drop send nothing: give one of them, with --outbox only")):
            status_, _, error = self.bus.run("chiso-publisher", *words)
            self.assertEqual((64, f"chiso-publisher: {sentence}"), (status_, error.splitlines()[0]))


class Status(Watching):
    def test_says_what_is_published_and_outstanding(self):
        viewer = Viewer(self.bus, "chiso/v1/status/publisher/#")
        self.addCleanup(viewer.close)
        program = self.start("--publisher", "35.gw")

        def numbers():
            found = status(viewer, "35.gw")
            return found and (found.state, found.published, found.outstanding, found.refused)
        viewer.wait_for("running", lambda: numbers() == ("running", 0, 0, 0))
        self.centre.deaf = True
        self.folder.put("a.csv", *(f"35.u{i},2024,a,5,,,,," for i in range(7)))
        viewer.wait_for("outstanding", lambda: numbers() == ("running", 7, 7, 0))
        self.centre.wait_for("the reports", lambda: len(self.centre.reports) == 7)
        self.centre.deaf = False
        for topic, report in self.centre.reports[:5]:
            self.centre.answer(topic, report)
        viewer.wait_for("receipts", lambda: numbers() == ("running", 7, 2, 0))
        self.assertEqual(0, program.stop())
        viewer.wait_for("stopped", lambda: numbers() == ("stopped", 7, 2, 0))
        late = Viewer(self.bus, "chiso/v1/status/publisher/#")
        self.addCleanup(late.close)
        late.wait_for("it is retained", lambda: status(late, "35.gw"))
        self.assertEqual("stopped", status(late, "35.gw").state)

    def test_says_so_no_more_than_once_a_second(self):
        viewer = Viewer(self.bus, "chiso/v1/status/publisher/#")
        self.addCleanup(viewer.close)
        begin = time.monotonic()
        self.start("--publisher", "35.busy")
        for number in range(12):
            self.folder.put(f"f{number}.csv", *(f"35.v{number}x{i},2024,a,5,,,,," for i in range(20)))
            until("they are sent", lambda: len(self.centre.reports) >= 20 * (number + 1))  # pylint: disable=cell-var-from-loop
        for number in range(12):
            self.folder.result(f"f{number}.csv")
        viewer.wait_for("the end", lambda: status(viewer, "35.busy").outstanding == 0
                        and status(viewer, "35.busy").published == 240)
        seconds = time.monotonic() - begin
        told = [topic for topic, _ in viewer.all if topic.endswith("/35.busy")]
        self.assertLessEqual(len(told), seconds + 1)

    def test_its_death_is_announced(self):
        viewer = Viewer(self.bus, "chiso/v1/status/publisher/#")
        self.addCleanup(viewer.close)
        program = self.start("--publisher", "35.dead")
        viewer.wait_for("running", lambda: status(viewer, "35.dead"))
        program.kill()
        viewer.wait_for("lost", lambda: status(viewer, "35.dead").state == "lost")

    def test_comes_again_after_the_broker_has_lost_its_store(self):
        self.start("--publisher", "35.again")
        viewer = Viewer(self.bus, "chiso/v1/status/publisher/#")
        self.addCleanup(viewer.close)
        viewer.wait_for("running", lambda: status(viewer, "35.again"))
        self.bus.broker.kill()
        for path in (self.bus.folder / "mosquitto").iterdir():
            path.unlink()
        self.bus.start_broker(self.bus.port)
        viewer.last.clear()
        until("running", lambda: status(viewer, "35.again") and status(viewer, "35.again").state == "running")
