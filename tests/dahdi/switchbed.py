# SPDX-License-Identifier: GPL-2.0-or-later
"""The bed of the tests against isdn_switch: a gateway on span 1, that exchange on span 2, and what must hold at a
test's end besides: no call left at the exchange either, and what tshark is to find in its capture (wire.py)."""
import json
import os
import queue
import subprocess
import threading
import time

import bed

SWITCH = os.path.join(bed.BUILD, 'tests/tools/isdn_switch')

TRUNK = """\
site: {{country: {country}, area: {area}}}
card: dahdi
sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}}}
trunks:
  telco:
    isdn: {{spans: {spans}, dialect: {dialect}, side: {side}{isdn}}}
    hunt: {hunt}
{more}  office:
    sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], health: 0s, rtp-timeout: 0s}}
"""
DIDS = {'44': """\
[office]
+44*                  telco
[telco]
+442071838xxx         office
+442071839xxx         test/milliwatt
""", '1': """\
[office]
+1*                   telco
[telco]
+12125553xxx          office
"""}
# Message types of Q.931.
ALERTING, PROCEEDING, PROGRESS, SETUP, CONNECT, SETUP_ACK = 1, 2, 3, 5, 7, 0x0d
DISCONNECT, RELEASE, RELEASE_COMPLETE, RESTART, RESTART_ACK = 0x45, 0x4d, 0x5a, 0x46, 0x4e
STATUS = 0x7d
SERVICE, SERVICE_ACK = 0x0f, 0x07	# of AT&T's maintenance protocol, discriminator 3; NI2 has them the other way round


class Switch:
    """An isdn_switch: commands in, events out."""

    def __init__(self, args, folder):
        self.events, self.seen, self.at = queue.Queue(), [], 0
        # pylint: disable=consider-using-with
        self.log = open(os.path.join(folder, 'switch.log'), 'a', encoding='utf-8')
        self.proc = subprocess.Popen([SWITCH, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                     text=True, bufsize=1)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.proc.stdout:
            self.events.put(json.loads(line))
        self.events.put({'event': 'end'})

    def say(self, *words):
        self.proc.stdin.write(' '.join(str(w) for w in words) + '\n')
        self.proc.stdin.flush()

    def pump(self, seconds):
        try:
            e = self.events.get(timeout=seconds)
        except queue.Empty:
            return False
        if e['event'] in ('failed', 'unknown', 'end'):
            raise AssertionError('the switch says %s' % e)
        self.seen.append(e)
        return True

    def wait(self, name, seconds=15, **fields):
        """The next event of that name with these fields, from the place where the last wait() ended."""
        end = time.monotonic() + seconds
        while True:
            while self.at < len(self.seen):
                e = self.seen[self.at]
                self.at += 1
                if e['event'] == name and all(e.get(k) == v for k, v in fields.items()):
                    return e
            if not self.pump(max(0, end - time.monotonic())):
                raise AssertionError('no %s %s of the switch within %s s; it said %s' % (
                    name, fields, seconds, self.seen[-12:]))

    def wait_any(self, name, seconds=15, **fields):
        """Such an event, wherever it stands among those that came."""
        end = time.monotonic() + seconds
        while True:
            for e in self.seen:
                if e['event'] == name and all(e.get(k) == v for k, v in fields.items()):
                    return e
            if not self.pump(max(0, end - time.monotonic())):
                raise AssertionError('no %s %s of the switch; it said %s' % (name, fields, self.seen[-12:]))

    def types(self, cr=None):
        """The messages it has received so far, of one call."""
        while self.pump(0):
            pass
        return [e['type'] for e in self.seen if e['event'] == 'rx' and (cr is None or e['cr'] == cr)]

    def report(self):
        self.say('report')
        return self.wait('report')

    def end(self):
        self.proc.kill()
        self.proc.wait()
        self.reader.join()
        self.proc.stdin.close()
        self.proc.stdout.close()
        self.log.close()


class SwitchTest(bed.CallTest):
    """One gateway against one exchange."""
    autostart = False
    side, dialect, country, area = 'user', 'euroisdn', '44', '20'
    dchan, first = 47, 32
    caller, called, number = '2079460999', '2071838001', '+442079460555'
    national = '2079460555'
    hunt, spans, isdn, more, switch_args = 'ascending', '[1]', '', '', ()

    def setUp(self):
        super().setUp()
        self.expect, self.notes, self.restarts, self.sw, self.scenario, self.kept = [], [], 0, None, '', 0
        self.switch_start()
        self.begin()

    def begin(self):
        self.gw.start()
        self.sw.wait('up')

    def make_gateway(self, **kw):
        text = TRUNK.format(country=self.country, area=self.area, port=bed.SIP_PORT, rtp=bed.RTP_FIRST,
                            rtp_last=bed.RTP_LAST, dialect=self.dialect, side=self.side, hunt=self.hunt,
                            spans=self.spans, isdn=self.isdn, more=self.more, peer=bed.PEER_PORT)
        return super().make_gateway(trunks=text, dids=self.dids or DIDS[self.country])

    def switch_start(self):
        self.restarts += 1
        self.first_frame = 0
        self.capture = os.path.join(self.folder, self.capture_name(self.restarts))
        args = ['-d', self.dchan, '-f', self.first, '-t', self.dialect, '-w', self.capture, *self.switch_args]
        if self.side == 'network':
            args.append('-u')
        self.sw = Switch([str(a) for a in args], self.folder)
        self.sw.wait('ready')

    def on_wire(self, kind, sent=None, times=None, **fields):
        """What tshark is to find among the frames of this scenario, by q931.FIELD; sent: by the exchange; times:
        exactly, where it is given. A value of None: the field is not there."""
        self.expect.append({'scenario': self.scenario, 'capture': self.restarts, 'first': self.first_frame, 'type': kind,
                            'sent': sent, 'times': times, 'fields': fields})

    def note(self, text):
        """A figure for people."""
        self.notes.append(text)

    def test_scenarios(self):
        """Every method of the class whose name begins with "does_", on one gateway: each leaves both ends idle."""
        for name in sorted(n for n in dir(self) if n.startswith('does_')):
            with self.subTest(name):
                self.scenario = name
                begun, self.first_frame = time.monotonic(), self.sw.report()['frames']
                try:
                    getattr(self, name)()
                    self.settled()
                finally:
                    for p in self.peers[self.kept:]:
                        self.let_go(p)
                    for e in self.expect:
                        if e['scenario'] == name and e['capture'] == self.restarts:
                            e['last'] = self.sw.report()['frames']
                self.note('%s: %.1f s' % (name, time.monotonic() - begun))

    def let_go(self, p):
        """A peer that a failed scenario has left hangs up its calls."""
        if p.proc.poll() is None:
            p.proc.terminate()
            p.wait(5)
        p.end()

    def settled(self):
        """All lines idle and no call left, at both ends."""
        self.assertEqual(self.gw.wait_idle(20), [])
        self.assertTrue(bed.wait_for(lambda: not self.busy(), 8), self.sw.seen[-12:])

    def tearDown(self):
        name = self.id()
        try:
            super().tearDown()
        finally:
            if self.has_failed():
                print('the switch said', [e for e in self.sw.seen if e['event'] not in ('restart', 'report')][-12:])
            self.sw.end()
            self.keep_expectations(name)

    def busy(self):
        r = self.sw.report()
        return r['calls'] or r['layer3']

    def keep_expectations(self, name):
        captures = os.environ.get('TIPRING_CAPTURES')
        if not captures:
            return
        with open(os.path.join(captures, name + '.json'), 'w', encoding='utf-8') as f:
            json.dump({'network': self.side == 'user', 'expect': self.expect, 'notes': self.notes,
                       'captures': ['%s-%s' % (name, self.capture_name(i + 1)) for i in range(self.restarts)]}, f)

    def capture_name(self, number):
        """The dialect is in it for those who decode it."""
        return 'd%d-%s.pcap' % (number, self.dialect)

    # --- calls

    def invite(self, *args):
        """A SIP call towards the exchange, in the background."""
        return self.sipcall_start('-n', self.number, '-m', 1, '-u', 'no', '-a', 'none', *args)

    def outcome(self, p, seconds=60):
        return self.ends(self.sipcall_end(p, seconds), 'uac')[0]

    def answered(self, *args, steps=('proceeding', 'alerting', 'connect')):
        """A SIP call that the exchange has answered: (SIP end, what the exchange got)."""
        self.sw.say('incoming', *steps)
        p = self.invite('-t', 600000, *args)
        setup = self.sw.wait('setup')
        self.sw.wait('rx', type=0x0f, cr=setup['cr'])	# CONNECT ACKNOWLEDGE
        self.assertTrue(bed.wait_for(self.all_up, 5), self.gw.ctl('calls'))
        return p, setup

    def loudness(self, name):
        """The part of the octets that are not near silence in A-law."""
        with open(os.path.join(self.folder, name), 'rb') as f:
            data = f.read()
        return sum((o ^ 0x55) & 0x7f > 0x20 for o in data) / max(len(data), 1)

    def all_up(self):
        calls = self.gw.ctl('calls')['calls']
        return calls and all(c['state'] == 'up' for c in calls)

    def record(self):
        """Of the call that is over."""
        self.assertEqual(self.gw.wait_idle(), [])
        return self.gw.records(last=1)[0]

    def assert_record(self, **fields):
        r = self.record()
        self.assertEqual({k: r[k] for k in fields}, fields, r)
        return r
