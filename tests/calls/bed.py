# SPDX-License-Identifier: GPL-2.0-or-later
"""The bed of the whole-call tests: a gateway with a configuration of its own, real SIP peers around it, and
what every test must find at its end: lines idle, no call left, an orderly exit, no sanitizer report.

Each test has a slot: a block of ports and a folder, so that tests run side by side. Only the standard library.
"""
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('TIPRING_BUILD', os.path.join(TOP, 'build/gcc'))
SLOT = int(os.environ.get('TIPRING_SLOT', '0'))
PORT = int(os.environ.get('TIPRING_PORTS', '23000')) + 1000 * SLOT
CARD = os.environ.get('TIPRING_CARD', 'sim')
SLOW = 'asan' in BUILD or 'tsan' in BUILD
SIPP = os.path.join(TOP, 'tests/calls/sipp')
ANSI = re.compile(r'\x1b\[[0-9;]*m')

SIP_PORT, PEER_PORT, OTHER_PORT = PORT, PORT + 10, PORT + 20
RTP_FIRST, RTP_LAST, PEER_RTP = PORT + 100, PORT + 339, PORT + 340
STEADY = ', jitter: 40ms'	# a host that wakes us late makes no gaps while octets are compared

E1 = {'type': 'e1', 'dialect': 'euroisdn', 'country': '44', 'area': '20', 'b': 30}
T1 = {'type': 't1', 'dialect': 'ni2', 'country': '1', 'area': '212', 'b': 23}

TRUNKS = """\
site: {{country: {country}, area: {area}}}
card: {card}
{sim}sip: {{listen: ["127.0.0.1:{sip_port}"], rtp-ports: {rtp_first}-{rtp_last}{jitter}}}

trunks:
  telco:
    isdn: {{spans: [1], dialect: {dialect}, side: user}}
    hunt: descending
  exchange:
    isdn: {{spans: [2], dialect: {dialect}, side: network}}
  office:
    sip: {{peer: "127.0.0.1:{peer_port}", from: [127.0.0.1], codecs: {codecs}, health: {health}{office}}}
{more}"""

# What the far end of the line answers to, in Great Britain and in America.
DIDS = {'44': """\
[office]
+44*                  telco

[exchange]
+442079460100         test/milliwatt
+442079460101         test/quiet
+442079460108         test/echo
+442079460480         test/noanswer
+442079460486         test/busy
+4420794602xx         office
+44207946[3-6]xxx     office
+442079467xxx         office/{last:3}
+4420794611xx         reject:38
+442079461200         reject:17

[telco]
+442071838xxx         office

expect office +442079460100 -> telco/+442079460100
""", '1': """\
[office]
+1*                   telco

[exchange]
+12125550100          test/milliwatt
+12125550108          test/echo
+121255502xx          office

[telco]
+12125553xxx          office
"""}


def wait_for(what, seconds, every=0.05):
    """Calls WHAT until it is true; returns its value, or the last false one."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() > end:
            return value
        time.sleep(every)


class Gateway:
    """A tipringd of its own."""

    def __init__(self, folder, span=E1, dids=None, office='', codecs='[pcma, pcmu]', more='', trunks=None,
                 card=None, health='0s', jitter=''):
        self.dir = folder
        self.conf = os.path.join(folder, 'conf')
        self.sock = os.path.join(folder, 'control')
        self.db = os.path.join(folder, 'records.sqlite')
        self.log = os.path.join(folder, 'log')
        self.span = span
        self.proc = None
        os.makedirs(self.conf, exist_ok=True)
        card = card or CARD
        sim = 'sim: {spans: {1: %s, 2: %s}, wires: [1-2]}\n' % (span['type'], span['type']) if card == 'sim' else ''
        self.write('trunks.yaml', trunks or TRUNKS.format(
            country=span['country'], area=span['area'], card=card, sim=sim, sip_port=SIP_PORT, peer_port=PEER_PORT,
            rtp_first=RTP_FIRST, rtp_last=RTP_LAST, dialect=span['dialect'], office=office, codecs=codecs, more=more,
            health=health, jitter=jitter))
        self.write('dids', dids or DIDS[span['country']])

    def write(self, name, text):
        with open(os.path.join(self.conf, name), 'w', encoding='utf-8') as f:
            f.write(text)

    def launch(self, wrap=()):
        env = dict(os.environ, ASAN_OPTIONS='detect_leaks=1:halt_on_error=1:exitcode=99',
                   UBSAN_OPTIONS='print_stacktrace=1:halt_on_error=1', TSAN_OPTIONS='halt_on_error=1:exitcode=99')
        # pylint: disable=consider-using-with
        self.log_file = open(self.log, 'a', encoding='utf-8')
        self.proc = subprocess.Popen([*wrap, os.path.join(BUILD, 'tipringd'), '-c', self.conf, '-s', self.sock,
                                      '-r', self.db, '-d', os.environ.get('TIPRING_LOG', 'info')],
                                     stdout=self.log_file, stderr=self.log_file, env=env)

    def start(self, in_service=True, wrap=()):
        """Launches and waits until the control socket answers, and the ISDN trunks are in service."""
        begun = time.monotonic()
        self.launch(wrap)
        if not wait_for(self.answers, 20 if SLOW else 10, 0.02):
            raise AssertionError('the gateway did not come up:\n' + self.tail())
        self.ready_s = time.monotonic() - begun
        if in_service and not wait_for(self.in_service, 20):
            raise AssertionError('trunks did not come into service: %s\n%s' % (self.ctl('spans'), self.tail()))
        self.in_service_s = time.monotonic() - begun
        return self

    def answers(self):
        if self.proc.poll() is not None:
            raise AssertionError('tipringd exited with %s at start:\n%s' % (self.proc.returncode, self.tail()))
        try:
            return self.ctl('status')
        except (OSError, ValueError):
            return None

    def in_service(self):
        spans = self.ctl('spans')['spans']
        lines = self.ctl('lines')['lines']
        return all(s['in_service'] for s in spans if s.get('trunk')) and all(x['state'] == 'idle' for x in lines)

    def ctl(self, do, timeout=30, **args):
        """One request on the control socket; raises on {"ok": false}."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(timeout)
            s.connect(self.sock)
            s.sendall((json.dumps(dict(args, do=do)) + '\n').encode())
            data = b''
            while not data.endswith(b'\n'):
                more = s.recv(1 << 20)
                if not more:
                    break
                data += more
        answer = json.loads(data)
        if not answer.get('ok'):
            raise RuntimeError('%s: %s' % (do, answer))
        return answer

    def cli(self, *args, timeout=60, check=True):
        """The command people type: (exit status, standard output, standard error)."""
        p = subprocess.run([os.path.join(BUILD, 'tipring'), '-s', self.sock, *args], capture_output=True, text=True,
                           timeout=timeout, check=False)
        if check and p.returncode:
            raise AssertionError('tipring %s: exit %d\n%s%s' % (' '.join(args), p.returncode, p.stdout, p.stderr))
        return p.returncode, p.stdout, p.stderr

    def cli_json(self, *args, timeout=60):
        return json.loads(self.cli('--json', *args, timeout=timeout)[1])

    def cli_json_any(self, *args):
        """JSON of a command that may say no."""
        _, out, err = self.cli('--json', *args, check=False)
        try:
            return json.loads(out)
        except ValueError:
            raise AssertionError('%s: %s%s' % (args, out, err)) from None

    def calls_now(self):
        return self.ctl('status')['calls']['now']

    def busy_lines(self):
        return [x for x in self.ctl('lines')['lines'] if x['state'] != 'idle']

    def wait_idle(self, seconds=8):
        """All lines idle and no call left; returns what is left over."""
        idle = wait_for(lambda: not self.calls_now() and not self.busy_lines(), seconds)
        return [] if idle else self.busy_lines() or [{'calls': self.ctl('calls')['calls']}]

    def records(self, where='1', last=-1):
        """Call records as dictionaries, oldest first, when the writer has caught up; all, or the LAST so many of them."""
        def written():
            status = self.ctl('status')
            return status['records']['written'] + status['records']['lost'] >= status['calls']['total'] and self.has_records()
        wait_for(written, 5)
        return self.records_at_rest(where, last)

    def has_records(self):
        """The writer makes the table a moment after the daemon answers."""
        try:
            with sqlite3.connect('file:%s?mode=ro' % self.db, uri=True, timeout=5) as db:
                return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls'").fetchone()
        except sqlite3.OperationalError:
            return None

    def records_at_rest(self, where='1', last=-1):
        with sqlite3.connect('file:%s?mode=ro' % self.db, uri=True, timeout=5) as db:
            db.row_factory = sqlite3.Row
            return [dict(r) for r in db.execute('SELECT * FROM calls WHERE %s ORDER BY row DESC LIMIT %d' % (where, last))][::-1]

    def ladder(self, call=0):
        return self.ctl('ladder', call=call)

    def tail(self, lines=40):
        try:
            with open(self.log, encoding='utf-8', errors='replace') as f:
                return ''.join(f.readlines()[-lines:])
        except OSError:
            return ''

    def stop(self, seconds=5):
        """SIGTERM; returns the exit status, or None when it did not exit in time."""
        if not self.proc:
            return 0
        self.proc.send_signal(signal.SIGTERM)
        try:
            return self.proc.wait(seconds + (10 if SLOW else 0))
        except subprocess.TimeoutExpired:
            self.proc.send_signal(signal.SIGABRT)
            self.proc.wait(5)
            return None
        finally:
            self.proc = None
            self.log_file.close()

    def kill(self):
        self.proc.kill()
        self.proc.wait()
        self.proc = None
        self.log_file.close()


class Peer:
    """A process at the other end of SIP."""

    def __init__(self, argv, cwd, out=None):
        # pylint: disable=consider-using-with
        self.out = open(os.path.join(cwd, out), 'w+', encoding='utf-8') if out else None
        self.argv = argv
        self.proc = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=self.out or subprocess.PIPE,
                                     stderr=subprocess.STDOUT if out else subprocess.PIPE, text=True)

    def wait(self, seconds):
        """(exit status, standard output, standard error)"""
        try:
            o, e = self.proc.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.end()
            return 124, '', '%s: no end within %s s' % (self.argv[0], seconds)
        if self.out:
            self.out.seek(0)
            o = self.out.read()
        return self.proc.returncode, o, e

    def end(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.communicate()


class CallTest(unittest.TestCase):
    """A test with one gateway; SPAN, DIDS and the like are a class's own."""
    span, dids, office, codecs, more, jitter = E1, None, '', '[pcma, pcmu]', '', ''
    autostart = True

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tipring-test-%d-' % SLOT)
        self.addCleanup(self.put_away, self.folder)
        self.peers = []
        self.gw = self.make_gateway()
        if self.autostart:
            self.gw.start()

    def put_away(self, folder):
        """Captures, also those that the gateway wrote by itself, are read when all tests have ended (run.py)."""
        captures = os.environ.get('TIPRING_CAPTURES')
        for where, _, names in os.walk(folder):
            for name in names:
                if captures and name.endswith(('.pcap', '.pcapng')):
                    inside = os.path.relpath(os.path.join(where, name), folder).replace('/', '-')
                    shutil.copy(os.path.join(where, name), os.path.join(captures, '%s-%s' % (self.id(), inside)))
        if not os.environ.get('KEEP'):
            shutil.rmtree(folder, True)

    def make_gateway(self, **kw):
        args = {'span': self.span, 'dids': self.dids, 'office': self.office, 'codecs': self.codecs, 'more': self.more,
                'jitter': self.jitter}
        return Gateway(self.folder, **dict(args, **kw))

    def tearDown(self):
        for p in self.peers:
            p.end()
        failed = []
        gw = self.gw
        if gw.proc:
            alive = gw.proc.poll() is None
            if not alive:
                failed.append('tipringd died with %s' % gw.proc.returncode)
                gw.proc = None
            else:
                left = gw.wait_idle()
                if left:
                    failed.append('not idle at the end: %s' % left[:4])
                status = gw.stop()
                if status != 0:
                    failed.append('exit status %s after SIGTERM' % status)
        log = gw.tail(100000)
        if re.search(r'Sanitizer|runtime error:', log):
            failed.append('a sanitizer reported:\n' + log[-6000:])
        if failed or self.has_failed():
            sys.stderr.write('--- last lines of the log of %s\n%s' % (self.id(), gw.tail(30)))
        if failed:
            self.fail('; '.join(failed))

    def has_failed(self):
        outcome = self._outcome
        return any(err for _, err in getattr(outcome, 'errors', None) or []) or \
            bool(getattr(getattr(outcome, 'result', None), 'failures', None))

    # --- peers

    def start_peer(self, argv, out=None):
        p = Peer([str(a) for a in argv], self.folder, out)
        self.peers.append(p)
        return p

    def sipcall_start(self, *args):
        p = self.start_peer([os.path.join(BUILD if not SLOW else os.path.join(TOP, 'build/gcc'),
                                          'tests/tools/sipcall'),
                             '-l', '127.0.0.1:%d' % PEER_PORT, '-r', '127.0.0.1:%d' % SIP_PORT, '-P', PEER_RTP, *args])
        line = p.proc.stderr.readline()
        self.assertIn('sipcall: ready', line)
        return p

    def sipcall_end(self, p, seconds=60):
        status, out, err = p.wait(seconds)
        self.assertEqual(status, 0, err)
        return json.loads(out)

    def sipcall(self, *args, seconds=60):
        """Runs sipcall to its end and returns its report."""
        return self.sipcall_end(self.sipcall_start(*args), seconds)

    def sipp(self, scenario, port, *args, number='', seconds=20):
        argv = ['sipp', '-sf', os.path.join(SIPP, scenario + '.xml'), '-i', '127.0.0.1', '-p', port, '-m', '1',
                '-nostdin', '-timeout', '%ds' % seconds, '-trace_err', '-error_file',
                os.path.join(self.folder, scenario + '.err'), '-mp', port + 5, *args]
        if number:
            argv += ['-s', number]
        return self.start_peer([*argv, '127.0.0.1:%d' % SIP_PORT], scenario + '.out')

    def sipp_ok(self, peer, scenario, seconds=25):
        status, _, _ = peer.wait(seconds)
        err = ''
        path = os.path.join(self.folder, scenario + '.err')
        if os.path.exists(path):
            with open(path, encoding='utf-8', errors='replace') as f:
                err = f.read()[-3000:]
        self.assertEqual(status, 0, '%s: exit %s\n%s' % (scenario, status, err))

    # --- what must hold

    def ends(self, report, kind=None):
        return [e for e in report['ends'] if kind is None or e['end'] == kind]

    def assert_all_answered(self, report, count):
        bad = [(e['n'], e['status'], e.get('reason', '')) for e in self.ends(report, 'uac')
               if e['status'] != 200 or e['failed']]
        self.assertEqual((report['answered'], bad[:5]), (count, []))
        self.assertEqual(report['unexpected'], 0, report.get('unexpected_text'))

    def audio_faults(self, report, octets, kind=None):
        """What was wrong with the audio of each end; [] when every octet came in its place, and there were enough."""
        faults = []
        for e in self.ends(report, kind):
            found = {k: e[k] for k in ('errors', 'lost', 'inserted', 'breaks', 'first_bad', 'foreign') if e[k]}
            if found or e['verified'] < octets:
                faults.append('%s %d: %s, %d octets verified' % (e['end'], e['n'], found, e['verified']))
        return faults

    def assert_audio_exact(self, report, octets, kind=None):
        """Every octet that was received came in its place, and there were at least so many."""
        self.assert_steady()
        self.assertEqual(self.audio_faults(report, octets, kind), [])

    def assert_steady(self):
        """A buffer of its least size has no room for what the host does, and octets can't be compared through it."""
        with open(os.path.join(self.gw.conf, 'trunks.yaml'), encoding='utf-8') as f:
            self.assertIn('jitter: 40ms', f.read(), 'a test of exact audio wants bed.STEADY')

    def exact_call(self, octets, *args, count=1, kind=None, seconds=60):
        """Places calls and wants their audio exact. A host that stops either program for longer than the jitter
        buffer holds makes a gap, which is no fault of the gateway: three tries, and what is wrong with a run must
        be a gap, never an octet changed."""
        self.assert_steady()
        for attempt in range(3):
            report = self.sipcall('-c', count, *args, seconds=seconds)
            self.assert_all_answered(report, count)
            faults = self.audio_faults(report, octets, kind)
            if not faults:
                return report
            print('attempt %d: %s' % (attempt + 1, faults[:4]))
            self.assertEqual([e['errors'] for e in self.ends(report, kind) if e['errors'] and not e['breaks']], [])
        self.fail('no run without a gap: %s' % faults[:6])


def speech(path, seconds=10, law='a-law'):
    """At least SECONDS of speech as raw G.711, made by espeak-ng."""
    text = ('Good morning. This is the telephone exchange speaking. The numbers nought to nine are spoken now: '
            'nought, one, two, three, four, five, six, seven, eight, nine. ') * (1 + seconds // 8)
    wav = path + '.wav'
    subprocess.run(['espeak-ng', '-v', 'en', '-w', wav, text], check=True)
    subprocess.run(['sox', wav, '-t', 'raw', '-r', '8000', '-c', '1', '-e', law, path], check=True)
    os.unlink(wav)
    return os.path.getsize(path)
