"""A broker as a province's server has it beyond loopback, though still on loopback: TLS, and logins with mosquitto.acl."""

import shutil
import ssl
import subprocess
import threading

import paho.mqtt.client as paho

from harness import PATIENCE_S, ROOT, BusTestCase, fill, free_port


class Certificates:
    """An authority and a server certificate for localhost, made by openssl."""

    def __init__(self, folder):
        self.ca, self.key, self.certificate = folder / "ca.pem", folder / "key.pem", folder / "cert.pem"
        ca_key, request, extension = folder / "ca.key", folder / "cert.csr", folder / "extension"
        extension.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        for command in (
                [*new, "-x509", "-days", "2", "-subj", "/CN=chiso test", "-keyout", ca_key, "-out", self.ca],
                [*new, "-subj", "/CN=localhost", "-keyout", self.key, "-out", request],
                ["openssl", "x509", "-req", "-days", "2", "-in", request, "-CA", self.ca, "-CAkey", ca_key,
                 "-CAcreateserial", "-extfile", extension, "-out", self.certificate]):
            subprocess.run(list(map(str, command)), check=True, capture_output=True)


class Login:
    """One MQTT client of the broker in login mode."""

    def __init__(self, port, ca, username, password):
        self.connected, self.granted, self.sent = threading.Event(), threading.Event(), threading.Event()
        self.received = []  # topics
        self.client = paho.Client(f"test-{username}", protocol=paho.MQTTv5)
        self.client.tls_set(ca_certs=str(ca), tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self.client.username_pw_set(username, password)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self.granted.set()
        self.client.on_message = lambda _c, _u, message: self.received.append(message.topic)
        self.client.connect("localhost", port, clean_start=True)
        self.client.loop_start()
        self.connected.wait(PATIENCE_S)

    def _on_connect(self, _client, _userdata, _flags, reason, _properties=None):
        self.reason = reason.getName()
        self.connected.set()

    def subscribe(self, topic):
        self.granted.clear()
        self.client.subscribe(topic, qos=1)
        self.granted.wait(PATIENCE_S)

    def publish(self, topic):
        self.client.publish(topic, b"x", qos=1).wait_for_publish(PATIENCE_S)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class LoginTestCase(BusTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus.broker.stop()
        folder = cls.bus.folder
        cls.certificates = Certificates(folder)
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for name in ("35", "36", "chiso-aggregator", "chiso-alerter", "viewer"):
            subprocess.run(["mosquitto_passwd", "-b", str(passwords), name, f"of-{name}"], check=True,
                           capture_output=True)
        shutil.copy(ROOT / "deploy/mosquitto.acl", folder / "acl")
        port = free_port()
        cls.bus.start_broker(port, fill(
            "mosquitto.login.conf", PORT=port, ADDRESS="127.0.0.1", CA=cls.certificates.ca,
            CERTIFICATE=cls.certificates.certificate, KEY=cls.certificates.key, PASSWORDS=passwords,
            ACL=folder / "acl"))

    @classmethod
    def credentials(cls, name):
        """What a program is given to log in as NAME."""
        password = cls.bus.folder / f"password-{name}"
        password.write_text(f"of-{name}\n", encoding="ascii")
        return ["--mqtt", f"mqtts://localhost:{cls.bus.port}", "--mqtt-ca-file", cls.certificates.ca,
                "--mqtt-username", name, "--mqtt-password-file", password]

    def login(self, name, password=None):
        login = Login(self.bus.port, self.certificates.ca, name, password or f"of-{name}")
        self.addCleanup(login.close)
        return login
