"""Drives the Autobahn cases against an echo endpoint; `autobahn` beside it sets everything up.

It takes the place of the suite's own engine, which is Python 2: one case per connection, in
order, with autobahn's client protocol, which itself checks every frame that the server sends.
"""
import argparse
import fnmatch
import json
import sys
import time

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import reactor, ssl

import cases

# Every rule of the protocol; of the long messages and of compression the first of each kind.
FAST = (
    "[1-7].*,10.*,9.?.1,9.?.2,12.*.1,12.*.4,12.*.8,12.*.11,13.*.1,13.*.4,13.*.8,13.*.11")
FAST_MESSAGES = 20

# Verdicts, from good to bad.
OK, INFORMATIONAL = "OK", "INFORMATIONAL"
NON_STRICT, UNIMPLEMENTED, FAILED = "NON-STRICT", "UNIMPLEMENTED", "FAILED"
VERDICTS = (OK, INFORMATIONAL, NON_STRICT, UNIMPLEMENTED, FAILED)


class CaseProtocol(WebSocketClientProtocol):
    """Our side of one case's connection: what the case classes call on `self.p`."""

    def __init__(self, case_class):
        super().__init__()
        self.case_class = case_class
        self.case = None
        self.createWirelog = False
        self.connectionWasOpen = None
        self.txFrameStats, self.rxFrameStats = {}, {}
        self.started = time.time()

    # The cases send texts that stand for bytes.

    def sendFrame(self, opcode, payload=b"", **options):
        if options.get("mask") is not None:
            options["mask"] = cases.raw(options["mask"])
        return super().sendFrame(opcode, cases.raw(payload), **options)

    def sendMessage(self, payload, isBinary=False, fragmentSize=None, sync=False,
                    doNotCompress=False):
        if self.state == WebSocketProtocol.STATE_OPEN:
            super().sendMessage(cases.raw(payload), isBinary, fragmentSize, sync, doNotCompress)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        reason = None if reasonUtf8 is None else cases.raw(reasonUtf8)
        return super().sendCloseFrame(code, reason, isReply)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(cases.raw(payload), sync)

    # What the suite's engine offers to its cases.

    def enableWirelog(self, enabled):
        pass

    def logTxFrame(self, header, payload, repeat, chop, sync):
        self.txFrameStats[header.opcode] = self.txFrameStats.get(header.opcode, 0) + 1

    def logRxFrame(self, header, payload):
        self.rxFrameStats[header.opcode] = self.rxFrameStats.get(header.opcode, 0) + 1

    def continueLater(self, delay, action, tag=None):
        def act():
            if self.state != WebSocketProtocol.STATE_CLOSED:
                action()
        reactor.callLater(delay, act)

    def killAfter(self, delay):
        self.continueLater(delay, self._fail_connection)

    def closeAfter(self, delay):
        self.continueLater(delay, self.sendClose)

    # What happens to the connection.

    def connectionMade(self):
        self.case = self.case_class(self)
        super().connectionMade()

    def onOpen(self):
        self.connectionWasOpen = True
        self.case.onOpen()

    def onMessage(self, payload, isBinary):
        self.case.onMessage(payload, isBinary)

    def onPong(self, payload):
        self.case.onPong(payload)

    def onClose(self, wasClean, code, reason):
        if self.case:
            self.case.onClose(wasClean, code, reason)

    def connectionLost(self, reason):
        super().connectionLost(reason)
        self.case.onConnectionLost(self.failedByMe)
        self.factory.case_ended(self)


class Driver(WebSocketClientFactory):
    """Runs the cases one after the other and keeps their results."""

    # After so many refused connections there is no server to test.
    most_refusals = 5
    # The suite's own 1 s for the closing handshake misjudges a loaded machine.
    close_wait = 5

    def __init__(self, url, todo, verbose):
        super().__init__(url, useragent="AutobahnTestSuite")
        self.setProtocolOptions(
            failByDrop=False, closeHandshakeTimeout=self.close_wait,
            serverConnectionDropTimeout=self.close_wait)
        self.logFrames = True
        self.todo = todo
        self.verbose = verbose
        self.results = []
        self.at = 0
        self.refusals = 0
        self.is_stopping = False
        self.tls = ssl.CertificateOptions(verify=False) if self.isSecure else None

    def run(self, limit):
        reactor.addSystemEventTrigger("before", "shutdown", self.stop)
        reactor.callLater(limit, reactor.stop)
        self.connector = connectWS(self, contextFactory=self.tls, timeout=10)
        reactor.run()

    def stop(self):
        self.is_stopping = True

    def buildProtocol(self, address):
        protocol = CaseProtocol(self.todo[self.at])
        protocol.factory = self
        return protocol

    def case_ended(self, protocol):
        # A case that the end of the run cut off has no result.
        if self.is_stopping:
            return
        case = protocol.case
        self.record(
            behavior=case.behavior, behaviorClose=case.behaviorClose, result=case.result,
            resultClose=case.resultClose, closeCode=protocol.remoteCloseCode,
            seconds=round(time.time() - protocol.started, 3),
            received=repr(cases.as_bytes(case.received))[:200],
            notClean=protocol.wasNotCleanReason)

    def record(self, **result):
        result = {"case": case_name(self.todo[self.at]), **result}
        result["verdict"] = verdict(result["behavior"], result["behaviorClose"])
        self.results.append(result)
        if self.verbose:
            print("%(case)-8s %(verdict)-13s %(seconds)7.2f s" % result, flush=True)

    def step(self):
        self.at += 1
        if self.at < len(self.todo):
            reactor.callLater(0, self.connector.connect)
        elif reactor.running and not self.is_stopping:
            reactor.stop()

    def clientConnectionLost(self, connector, reason):
        self.step()

    def clientConnectionFailed(self, connector, reason):
        self.record(
            behavior=FAILED, behaviorClose=FAILED, result=reason.getErrorMessage(),
            resultClose="", closeCode=None, seconds=0, received="", notClean="cannot connect")
        self.refusals += 1
        if self.refusals >= self.most_refusals:
            reactor.stop()
        else:
            self.step()


def case_name(case_class):
    return ".".join(case_class.__name__[len("Case"):].split("_"))


def verdict(behavior, close):
    if behavior == FAILED or close in (FAILED, "UNCLEAN", "WRONG CODE"):
        return FAILED
    if behavior == UNIMPLEMENTED:
        return UNIMPLEMENTED
    # RFC 6455, 7.1.1: the server, not we, should have ended the transport.
    if behavior == NON_STRICT or close == "FAILED BY CLIENT":
        return NON_STRICT
    if INFORMATIONAL in (behavior, close):
        return INFORMATIONAL
    return OK


def chosen(all_cases, wanted, messages):
    """The cases to run, with as many messages as they are to send."""
    patterns = {"fast": FAST, "all": "*"}.get(wanted, wanted).split(",")
    if wanted == "fast" and not messages:
        messages = FAST_MESSAGES
    todo = [
        case for case in all_cases
        if any(fnmatch.fnmatchcase(case_name(case), pattern) for pattern in patterns)]
    for case in todo:
        if messages and case_name(case).split(".")[0] in ("12", "13"):
            case.COUNT = messages
    return todo


def report(results, missing, seconds):
    """Prints what went wrong and the counts; whether all is well."""
    for result in results:
        if result["verdict"] in (NON_STRICT, UNIMPLEMENTED, FAILED):
            print("%(verdict)s %(case)s: %(result)s | close %(behaviorClose)s: %(resultClose)s"
                  " | code %(closeCode)s | %(notClean)s" % result)
    counts = {name: sum(result["verdict"] == name for result in results) for name in VERDICTS}
    bad = missing + counts[NON_STRICT] + counts[UNIMPLEMENTED] + counts[FAILED]
    print("autobahn %s: %d cases in %.0f s: %s%s" % (
        "failed" if bad else "passed", len(results), seconds,
        ", ".join("%d %s" % (counts[name], name) for name in VERDICTS),
        ", %d not run" % missing if missing else ""))
    return not bad


def main():
    parser = argparse.ArgumentParser(prog="autobahn")
    parser.add_argument("--suite", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--messages", type=int)
    parser.add_argument("--limit", type=float, default=3600)
    parser.add_argument("--json")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("url")
    parser.add_argument("cases", nargs="?", default="fast")
    options = parser.parse_intermixed_args()
    todo = chosen(cases.load(options.suite), options.cases, options.messages)
    if not todo:
        sys.exit("autobahn: no case matches " + options.cases)
    started = time.time()
    driver = Driver(options.url, todo, options.verbose)
    driver.run(options.limit)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(driver.results, file, indent=1)
    missing = len(todo) - len(driver.results)
    sys.exit(0 if report(driver.results, missing, time.time() - started) else 1)


main()
