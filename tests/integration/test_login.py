"""The services on a server as deploy/README.md sets it up: TLS, and a login for each, with mosquitto.acl."""

import unittest

from harness import until
from logins import Login, LoginTestCase


class Services(LoginTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = Login(cls.bus.port, cls.certificates.ca, "viewer", "of-viewer")
        cls.addClassCleanup(cls.viewer.close)
        cls.viewer.subscribe("chiso/v1/#")
        cls.bus.aggregator(*cls.credentials("chiso-aggregator"))
        csv = cls.bus.csv("late.csv", "unit,period,indicator,value,denominator\n35,2025-Q1,dossier.online_payment_rate,64,\n")
        status, out, error = cls.bus.publish(csv, *cls.credentials("35"))
        if status:
            raise AssertionError(out + error)
        cls.bus.alerter(*cls.credentials("chiso-alerter"), "--instance", "alerter")

    def test_a_viewer_gets_everything_that_is_for_viewers(self):
        for topic in ("status/aggregator/aggregator", "status/alerter/alerter", "pillar/35/digital_government",
                      "json/pillar/35/digital_government", "change/35/digital_government",
                      "json/change/35/digital_government", "alerts/35", "json/alerts/35", "alert/35/35",
                      "json/alert/35/35"):
            with self.subTest(topic):
                until(topic, lambda t=topic: f"chiso/v1/{t}" in self.viewer.received, 30)

    def test_and_nothing_that_is_not(self):
        for word in ("report", "receipt"):
            self.assertFalse([topic for topic in self.viewer.received if topic.split("/")[2] == word])


if __name__ == "__main__":
    unittest.main()
