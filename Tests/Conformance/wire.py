"""Plain HTTP and WebSocket over TLS for clients that know nothing but a document, and a count of
what came otherwise than the document says."""
import base64, datetime, http.client, json, os, socket, ssl, struct, sys, time, urllib.parse

port = int(sys.argv[1])
context = ssl._create_unverified_context()
checks, deviations = 0, 0


def equal(what, got, wanted):
    global checks, deviations
    checks += 1
    if got != wanted:
        deviations += 1
        print(f"{what}\n  is        {got}\n  should be {wanted}")


def true(what, holds):
    equal(what, bool(holds), True)


def finish():
    print(f"{checks} checks, {deviations} deviations")
    sys.exit(1 if deviations else 0)


def ask(method, path, body=None, headers=None):
    """The whole answer: status, headers, bytes."""
    line = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    line.request(method, path, body, headers)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return answer.status, answer.headers, content


def call(path, method="GET", body=None, **fields):
    """Status and JSON of a call."""
    if fields:
        path += "?" + urllib.parse.urlencode(fields)
    status, _, content = ask(method, path, body)
    try:
        return status, json.loads(content)
    except ValueError:
        return status, content


class Socket:
    def __init__(self, path, cookie=None, authorization=None):
        self.line = context.wrap_socket(
            socket.create_connection(("127.0.0.1", port), timeout=20), server_hostname="localhost")
        key = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Upgrade: websocket",
                "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        if cookie:
            head.append(f"Cookie: {cookie}")
        if authorization:
            head.append(f"Authorization: {authorization}")
        self.line.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.line.recv(4096) or b"\r\n\r\n"
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])

    def say(self, frame, opcode=1):
        data = frame if isinstance(frame, bytes) else (
            frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False)).encode()
        head = bytes([0x80 | opcode])
        head += bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        mask = os.urandom(4)
        self.line.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def frame(self, patience):
        self.line.settimeout(patience)

        def need(count):
            while len(self.buffer) < count:
                more = self.line.recv(65536)
                if not more:
                    raise EOFError("the line ended")
                self.buffer += more
        need(2)
        opcode, length, start = self.buffer[0] & 15, self.buffer[1] & 127, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            need(2 + size)
            length, start = int.from_bytes(self.buffer[2:2 + size], "big"), 2 + size
        need(start + length)
        data, self.buffer = self.buffer[start:start + length], self.buffer[start + length:]
        return opcode, data

    def hear(self, patience=10):
        """The next text as JSON, or the code of a close."""
        while True:
            opcode, data = self.frame(patience)
            if opcode == 9:
                self.say(data, 10)
            elif opcode == 8:
                return struct.unpack(">H", data[:2])[0] if data else None
            else:
                return json.loads(data)

    def hears_nothing(self):
        try:
            return self.hear(0.6) is None
        except TimeoutError:
            return True

    def close(self):
        self.say(struct.pack(">H", 1000), 8)
        self.line.close()

    def break_off(self):
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.line.close()
