"""A second Redis, and what a centre's state is, key by key, to compare two of them byte for byte."""

import shutil

import redis_client
from harness import fill, until


class SpareRedis:
    """Another server of the same settings, empty."""

    def __init__(self, bus, name="spare"):
        self.folder = bus.folder / name
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "redis").mkdir(parents=True)
        self.socket = self.folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        config = self.folder / "redis.conf"
        config.write_text(fill("redis.conf", STATE=self.folder, SOCKET=self.socket))
        self.server = bus.start(name, ["redis-server", config])
        self.server.wait_until("the spare Redis answers", lambda: redis_client.answers(self.socket))
        self.redis = redis_client.Redis(self.socket)

    def close(self):
        self.redis.close()
        self.server.stop()


def value(redis, key):
    kind = redis("TYPE", key)
    read = {"hash": lambda: redis.hash(key), "string": lambda: redis("GET", key),
            "set": lambda: sorted(redis("SMEMBERS", key)), "stream": lambda: redis("XRANGE", key, "-", "+"),
            "zset": lambda: redis("ZRANGE", key, "0", "-1", "WITHSCORES")}[kind]()
    if kind == "hash" and ":score" in key:
        # When the cache was last written is not a property of the figures.
        read = {field: text for field, text in read.items() if field not in ("seq", "as_of")}
    return kind, read


def state(redis):
    return {key: value(redis, key) for key in redis.keys("*")}


def replay(bus, spare, *options):
    return bus.ctl("replay", "--to", spare.url, "--lang", "en", *options)


def heads(redis):
    return {key: redis("HGET", key, "seq") for key in redis.keys("chiso:{*}:head")}


def scores_are_there(redis, without):
    """Each province that has a head has its cache of scores, of the catalogue in force."""
    in_force = redis("GET", "chiso:catalogue:current")
    scores = {key.replace(":head", ":score") for key in redis.keys("chiso:{*}:head")}
    return all(redis("HGET", key, "catalogue") == in_force for key in scores.difference(without))


def check(test, bus, without=()):
    """What chisoctl replay makes of the journals is what is stored, but for the keys WITHOUT. Counts of repeats are
    committed a second later: then there is more to replay; the cache of scores follows a catalogue when there is time."""
    until("scores of the catalogue in force", lambda: scores_are_there(bus.redis, without))
    spare = SpareRedis(bus)
    try:
        wanted = None
        while wanted is None or heads(bus.redis) != heads(spare.redis):
            spare.redis("FLUSHALL")
            status, out, error = replay(bus, spare)
            test.assertEqual(0, status, out + error)
            wanted = state(bus.redis)
        found = state(spare.redis)
        for key in without:
            del wanted[key]
        test.assertEqual(sorted(wanted), sorted(found))
        for key, content in wanted.items():
            test.assertEqual(content, found[key], key)
    finally:
        spare.close()
