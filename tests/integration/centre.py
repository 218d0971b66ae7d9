"""A centre that follows a script: it answers reports with receipts as the aggregator would, or as a test wants.

It keeps figures by the revision rule and knows no catalogue, so that a test of the publisher can make every
verdict happen, and none at all.
"""

from fractions import Fraction

from messages import Receipt, Report
from mqtt_client import Client

ACCEPTED, PARTIAL, DUPLICATE, SUPERSEDED, REJECTED = 1, 2, 3, 4, 5
BAD_VALUE, CONFLICT, OLDER = 10, 12, 13


def content(observation):
    """Equal for the same figures: 13.5 and 13.50 are."""
    unit = 10 ** observation.scale
    return (Fraction(observation.value, unit), Fraction(observation.denominator, unit), observation.qualifier,
            observation.denominator_qualifier, observation.bare, observation.not_applicable, observation.withdrawn)


class Centre(Client):
    def __init__(self, bus, deaf=False):
        self.reports, self.figures = [], {}
        self.deaf = deaf
        self.refused = {}  # indicator → sentence: refused as a bad value
        super().__init__(bus, "centre", ["chiso/v1/report/#"])

    def on_bytes(self, topic, payload):
        report = Report.FromString(payload)
        self.reports.append((topic, report))
        if not self.deaf:
            self.answer(topic, report)

    def answer(self, topic, report):
        _, province, publisher = topic.rsplit("/", 2)
        receipt = Receipt(province=province, publisher=publisher, seq=len(self.reports))
        self.decide(report, receipt.verdicts.add(report_id=report.report_id))
        self.send(receipt)

    def send(self, receipt):
        self.client.publish(f"chiso/v1/receipt/{receipt.province}/{receipt.publisher}", receipt.SerializeToString(),
                            qos=1)

    def decide(self, report, verdict):
        found = set()
        for observation in report.observations:
            key = (report.unit, report.period, observation.indicator)
            revision, figure = self.figures.get(key, (0, None))
            reason = None
            if observation.indicator in self.refused:
                reason, text = BAD_VALUE, self.refused[observation.indicator]
            elif report.revision > revision:
                self.figures[key] = (report.revision, content(observation))
                found.add(ACCEPTED)
            elif report.revision < revision:
                found.add(SUPERSEDED)
                reason, text = OLDER, f"revision {revision} is in force"
            elif content(observation) == figure:
                found.add(DUPLICATE)
            else:
                reason, text = CONFLICT, f"revision {revision} has another figure"
            if reason in (BAD_VALUE, CONFLICT):
                found.add(REJECTED)
            if reason:
                verdict.rejections.add(indicator=observation.indicator, reason=reason, text=text)
            verdict.revision = max(verdict.revision, self.figures.get(key, (0,))[0])
        if len(found) == 1:
            verdict.outcome = found.pop()
        elif REJECTED in found:
            verdict.outcome = PARTIAL
        else:
            verdict.outcome = ACCEPTED if ACCEPTED in found else SUPERSEDED
        if verdict.outcome == SUPERSEDED:
            del verdict.rejections[:]

    def numbers(self):
        """What arrived, as (unit, revision, [indicators])."""
        return [(report.unit, report.revision, [o.indicator for o in report.observations])
                for _, report in self.reports]
