"""Thousands of MQTT 5 connections in one process: each reports once and waits for its receipt."""

import asyncio

from messages import Receipt

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 1, 2, 3, 4, 8, 9
# Fewer than listen(2) takes at once.
CONNECTING = 100


def length(number):
    """A variable byte integer."""
    out = bytearray()
    while True:
        number, seven = number >> 7, number & 0x7F
        out.append(seven | (0x80 if number else 0))
        if not number:
            return bytes(out)


def text(string):
    return len(string).to_bytes(2, "big") + string.encode()


def packet(kind, flags, body):
    return bytes([kind << 4 | flags]) + length(len(body)) + body


async def read_packet(reader):
    first, = await reader.readexactly(1)
    size = shift = 0
    while True:
        byte, = await reader.readexactly(1)
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return first >> 4, await reader.readexactly(size)


async def expect(reader, kind):
    found, body = await read_packet(reader)
    if found != kind:
        raise AssertionError(f"packet {found} instead of {kind}: {body!r}")
    return body


def receipt_of(body):
    """A PUBLISH with QoS 1: its number and the receipt in it."""
    at = 2 + int.from_bytes(body[:2], "big")
    number = body[at:at + 2]
    return number, Receipt.FromString(body[at + 3 + body[at + 2]:])


class Crowd:
    """All publishers of REPORTS (name → (province, payload)); run() returns name → its first verdict."""

    def __init__(self, port, reports):
        self.port, self.reports, self.verdicts = port, reports, {}
        self.all_there = asyncio.Event()
        self.there = 0

    async def one(self, name, province, payload):
        async with self.connecting:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(packet(CONNECT, 0, text("MQTT") + b"\x05\x02\x00\x3c\x00" + text(name)))
            await expect(reader, CONNACK)
            writer.write(packet(SUBSCRIBE, 2, b"\x00\x01\x00" + text(f"chiso/v1/receipt/{province}/{name}") + b"\x01"))
            await expect(reader, SUBACK)
        self.there += 1
        if self.there == len(self.reports):
            self.all_there.set()
        await self.all_there.wait()
        writer.write(packet(PUBLISH, 2, text(f"chiso/v1/report/{province}/{name}") + b"\x00\x02\x00" + payload))
        while name not in self.verdicts:
            kind, body = await read_packet(reader)
            if kind == PUBLISH:
                number, receipt = receipt_of(body)
                writer.write(packet(PUBACK, 0, number))
                self.verdicts[name] = receipt.verdicts[0]
        writer.close()

    async def _run(self):
        self.connecting = asyncio.Semaphore(CONNECTING)
        await asyncio.gather(*(self.one(name, *report) for name, report in self.reports.items()))
        return self.verdicts

    def run(self, seconds):
        async def limited():
            return await asyncio.wait_for(self._run(), seconds)
        return asyncio.run(limited())
