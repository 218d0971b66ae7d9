"""A network between a service and what it talks to, that a test can cut: what is on its way then does not arrive."""

import socket
import threading


class Proxy:
    """Listens on a loopback port, or on the Unix socket PATH, and passes on to TARGET (a port or a path)."""

    def __init__(self, target, path=None):
        self.target, self.path = target, path
        self.whole = threading.Event()
        self.whole.set()
        self.sockets, self.ended = [], False
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(path))
            self.listener.listen()
        else:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Both ways; connections stay, as they do when packets vanish, and new ones get no answer."""
        self.whole.clear()

    def heal(self):
        self.whole.set()

    def close(self):
        self.ended = True
        self.heal()
        for one in [self.listener, *self.sockets]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def _accept(self):
        while not self.ended:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near):
        self.whole.wait()
        try:
            if self.path:
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self.target))
            else:
                far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            near.close()
            return
        self.sockets += [near, far]
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source, sink):
        try:
            while data := source.recv(65536):
                self.whole.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
