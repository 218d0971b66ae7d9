"""A real SMTP server (Debian's aiosmtpd) in a process of its own that keeps what it gets in a maildir."""

import email
import email.policy
import sys

from harness import answers, free_port


class MailServer:
    def __init__(self, bus):
        self.port, self.folder = free_port(), bus.folder / "maildir"
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.program = bus.start("smtp", [
            sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}",
            "-c", "aiosmtpd.handlers.Mailbox", self.folder])
        self.program.wait_until("the SMTP server answers", lambda: answers(self.port))

    def raw(self):
        """The bytes of every mail, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "new").glob("*"))]

    def mails(self):
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw()]
