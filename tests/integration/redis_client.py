"""Just enough of Redis' protocol to look at what is stored: commands as words, replies as Python values."""

import socket


class RedisError(Exception):
    pass


class Redis:
    def __init__(self, path, user=None):
        self.connection = socket.socket(socket.AF_UNIX)
        try:
            self.connection.connect(str(path))
        except OSError:
            self.connection.close()
            raise
        self.input = self.connection.makefile("rb")
        if user:
            self("AUTH", user, "")

    def __call__(self, *words):
        encoded = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        self.connection.sendall(b"*%d\r\n" % len(encoded) + b"".join(
            b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded))
        return self._reply()

    def _reply(self):
        line = self.input.readline()
        if not line:
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind in b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.input.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self._reply() for _ in range(int(rest))]
        return rest.decode()

    def keys(self, pattern):
        return sorted(key.decode() for key in self("KEYS", pattern))

    def hash(self, key):
        flat = self("HGETALL", key)
        return {flat[i].decode(): flat[i + 1].decode() for i in range(0, len(flat), 2)}

    def function(self, name):
        """The function NAME as it is called: its version is part of its name."""
        libraries = [dict(zip(entry[::2], entry[1::2])) for entry in self("FUNCTION", "LIST")]
        names = [dict(zip(function[::2], function[1::2]))[b"name"].decode()
                 for library in libraries for function in library[b"functions"]]
        return next(found for found in names if found.rsplit("_v1_", 1)[0] == name)

    def close(self):
        self.input.close()
        self.connection.close()


def answers(path):
    try:
        redis = Redis(path)
        try:
            return redis("PING") == "PONG"
        finally:
            redis.close()
    except (OSError, RedisError):
        return False
