"""From a report to a mail that an official can read, through a real SMTP server."""

import re
import unittest

import fixture_reports
from harness import BusTestCase
from mail_server import MailServer


class Mail(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = MailServer(cls.bus)
        cls.bus.aggregator()
        for path in fixture_reports.files():
            status, out, error = cls.bus.publish(path)
            if status:
                raise AssertionError(f"{path}: {out}{error}")
        cls.alert()
        cls.mails = cls.server.mails()

    @classmethod
    def alert(cls):
        status, out, error = cls.bus.run(
            "chiso-alerter", "--once", "--mqtt", cls.bus.mqtt_url, "--redis", cls.bus.redis_url,
            "--smtp", cls.server.url, "--mail-from", "chiso@example.org", *cls.bus.frozen())
        if status:
            raise AssertionError(f"chiso-alerter: {out}{error}")

    def to(self, address):
        found = [mail for mail in self.mails if address in mail["To"]]
        self.assertTrue(found, f"no mail to {address}, {len(self.mails)} in all")
        return found

    def test_subject_and_body_are_vietnamese_and_decode(self):
        for mail in self.to("ha-nam.stp@example.org") + self.to("ha-nam@example.org"):
            with self.subTest(mail["Subject"]):
                part = mail.get_body(("plain",))
                self.assertEqual("utf-8", part.get_content_charset())
                body = part.get_content()
                for text in (mail["Subject"], body):
                    self.assertRegex(text, "[ăâđêôơưáàảãạếềểễệốồổỗộớờởỡợ]")
                    self.assertNotRegex(text, "\ufffd|=\\?|Ã|Â")
                self.assertRegex(body, r"\d{2}/\d{2}/\d{4}")

    def test_headers_on_the_wire_are_ascii_and_encoded(self):
        self.assertTrue(self.server.raw())
        for raw in self.server.raw():
            head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
            head.decode("ascii")
            self.assertRegex(head, rb"(?i)subject: =\?utf-8\?[BQ]\?")
            for name in (b"Date", b"Message-ID", b"MIME-Version", b"From", b"To"):
                self.assertRegex(head, rb"(?im)^" + name + rb": ")
            self.assertTrue(all(len(line) <= 998 for line in raw.splitlines()))

    def test_each_notification_has_its_own_message_id_and_is_sent_once(self):
        ids = [mail["Message-ID"] for mail in self.mails]
        self.assertEqual(len(ids), len(set(ids)))
        self.alert()
        self.assertEqual(len(ids), len(self.server.raw()))


if __name__ == "__main__":
    unittest.main()
