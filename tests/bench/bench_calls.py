#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of whole calls on the simulated card, with the design's target beside each.   bench_calls.py [BUILD]

SIP to span 1, over the wire to span 2 and back to SIP; sipcall is both SIP ends. Nothing here passes or fails.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if len(sys.argv) > 1:
    os.environ['TIPRING_BUILD'] = os.path.abspath(sys.argv[1])
os.environ.setdefault('TIPRING_PORTS', '24000')
sys.path.insert(0, os.path.join(TOP, 'tests/calls'))
sys.dont_write_bytecode = True
import bed  # noqa: E402  pylint: disable=wrong-import-position
import lines  # noqa: E402  pylint: disable=wrong-import-position

PAIRS = 8	# span pairs of the rate test: one D channel of 64 kbit/s carries some thirty calls a second


def row(what, value, target):
    print('%-58s %-34s %s' % (what, value, target), flush=True)


def spread(values, unit='ms'):
    if not values:
        return 'no value'
    values = sorted(values)
    return '%.1f %s, p95 %.1f' % (statistics.median(values), unit, values[min(len(values) - 1, len(values) * 95 // 100)])


class Bench(bed.CallTest):
    """Borrows the fixture's helpers."""

    def runTest(self):
        """Not a test."""


def rss(gw):
    with open('/proc/%d/status' % gw.proc.pid, encoding='ascii') as f:
        return int(re.search(r'VmRSS:\s+(\d+)', f.read()).group(1))


def step_times(ladder):
    """ms from INVITE to SETUP and from CONNECT to 200 in one ladder."""
    at = {}
    for s in ladder['steps']:
        key = '%s %s' % (s['proto'], s['what'].split()[0])
        if s['proto'] == 'SIP' and s['what'].startswith('200') and 'Q.931 CONNECT' not in at:
            continue
        at.setdefault(key, s['ms'])
    def span(a, b):
        return at[b] - at[a] if a in at and b in at else None
    return span('SIP INVITE', 'Q.931 SETUP'), span('Q.931 CONNECT', 'SIP 200')


def set_up_times(b, gw):
    r = b.sipcall('-c', 100, '-R', 10, '-t', 300, '-a', 'none')
    first, last = [], []
    for record in gw.records("in_trunk = 'office'"):
        a, z = step_times(gw.ladder(record['call']))
        first += [a] if a is not None else []
        last += [z] if z is not None else []
    row('INVITE to SETUP (median, 100 calls)', spread(first), '')
    row('CONNECT to 200', spread(last), '')
    row('INVITE to 200 through two spans, called end at once', spread([e['t200'] for e in r['ends'] if e['end'] == 'uac']),
        '8 ms over one PRI (real driver)')


def delay(b):
    r = b.sipcall('-c', 1, '-t', 8000, '-n', '+442079460108', '-m', 1, '-E')
    e = r['ends'][0]
    d = e['delay_ms']
    row('delay added there and back through test/echo', '%.1f ms mean, %.1f to %.1f' % (
        d['mean'], d['min'], d['max']), '5 ms beyond the 20 ms of a packet')
    row('    octets lost, inserted, changed', '%d, %d, %d of %d' % (e['lost'], e['inserted'], e['errors'], e['octets']),
        '0, 0, 0')


def memory(b, gw, idle):
    p = b.sipcall_start('-c', 30, '-x', 30, '-R', 30, '-t', 6000)
    time.sleep(4)
    now, threads = rss(gw), len(os.listdir('/proc/%d/task' % gw.proc.pid))
    with open('/proc/%d/stat' % gw.proc.pid, encoding='ascii') as f:
        before = f.read().split()
    time.sleep(2)
    with open('/proc/%d/stat' % gw.proc.pid, encoding='ascii') as f:
        after = f.read().split()
    cpu = (int(after[13]) + int(after[14]) - int(before[13]) - int(before[14])) / os.sysconf('SC_CLK_TCK') / 2
    b.sipcall_end(p)
    row('memory idle', '%.1f MB' % (idle / 1024), '12 MB')
    row('memory per call (30 SIP calls over both spans: 60 calls)', '%.0f KB' % ((now - idle) / 60), '50 KB')
    row('threads at 60 calls', str(threads), '6 at most')
    row('CPU at 60 calls (120 line ends of G.711)', '%.1f %% of one core' % (100 * cpu), '')


def growth(b, gw):
    """Compared at rest: SIP transactions are kept for 32 s after a call (RFC 3261)."""
    b.sipcall('-c', 600, '-R', 25, '-t', 300, '-a', 'quiet', '-x', 28, seconds=90)
    time.sleep(45)
    before = rss(gw)
    b.sipcall('-c', 600, '-R', 25, '-t', 300, '-a', 'quiet', '-x', 28, seconds=90)
    time.sleep(45)
    row('memory growth over 600 short calls', '%d KB' % (rss(gw) - before), '0')


def idle_calls(gw, what):
    what = 'system calls a second when idle, ' + what
    if not shutil.which('strace'):
        row(what, 'no strace here', 'under 20')
        return
    time.sleep(2)
    p = subprocess.run(['timeout', '-s', 'INT', '10', 'strace', '-f', '-c', '-p', str(gw.proc.pid)],
                       capture_output=True, text=True, check=False)
    total = re.search(r'^100\.00\s+\S+\s+\d*\s+(\d+)', p.stderr, re.M)
    row(what, '%.1f' % (int(total.group(1)) / 10) if total else p.stderr[-60:], 'under 20')


def idle_lines(folder):
    """Four telephones and four lines of an exchange, whose audio is kept for caller ID that comes before a ring."""
    t = lines.LinesTest()
    t.folder = os.path.join(folder, 'lines')
    gw = t.make_gateway()
    gw.start()
    idle_calls(gw, '4 FXS and 4 FXO')
    gw.stop()


def start_up(folder):
    gw = bed.Gateway(os.path.join(folder, 'start'))
    begun = time.monotonic()
    gw.start()
    up = time.monotonic() - begun
    r = gw.ctl('call', trunk='telco', number='+442079460100', seconds=1)
    row('start to first call answered', '%.2f s (spans in service after %.2f)' % (
        up + r['times_ms'].get('answered', 0) / 1000, up), 'under 1 s')
    gw.stop()


def rate(b, folder):
    """Calls a second that are set up, answered and cleared: as fast as one caller can, over several spans."""
    spans = ', '.join('%d: e1' % n for n in range(1, 2 * PAIRS + 1))
    wires = ', '.join('%d-%d' % (2 * n + 1, 2 * n + 2) for n in range(PAIRS))
    text = bed.TRUNKS.format(country='44', area='20', card='sim', sim='sim: {spans: {%s}, wires: [%s]}\n' % (spans, wires),
                             sip_port=bed.SIP_PORT, peer_port=bed.PEER_PORT, rtp_first=bed.RTP_FIRST,
                             rtp_last=bed.RTP_LAST, dialect='euroisdn', office='', codecs='[pcma]', more='', health='0s', jitter='')
    text = text.replace('spans: [1],', 'spans: [%s],' % ', '.join(str(2 * n + 1) for n in range(PAIRS)))
    text = text.replace('spans: [2],', 'spans: [%s],' % ', '.join(str(2 * n + 2) for n in range(PAIRS)))
    text = text.replace('hunt: descending', 'hunt: least-used')
    gw = bed.Gateway(os.path.join(folder, 'rate'), trunks=text)
    gw.start()
    begun = time.monotonic()
    r = b.sipcall('-c', 1500, '-R', 1000, '-x', 50, '-t', 0, '-a', 'none', '-n', '+44207946%04u', '-m', 900, '-k', 3,
                  '-u', 'no', '-n', '+442079460108', '-m', 1, '-k', 0, seconds=90)
    took = time.monotonic() - begun - 0.5
    row('calls set up and cleared a second, %d span pairs' % PAIRS, '%.0f (%d of %d answered)' % (
        r['placed'] / took, r['answered'], r['placed']), '200')
    gw.wait_idle()
    gw.stop()


def main():
    folder = tempfile.mkdtemp(prefix='tipring-bench-')
    b = Bench()
    b.folder, b.peers = folder, []
    gw = bed.Gateway(os.path.join(folder, 'main'))
    try:
        start_up(folder)
        gw.start()
        time.sleep(1)
        idle = rss(gw)
        idle_calls(gw, '2 E1')
        memory(b, gw, idle)
        set_up_times(b, gw)
        delay(b)
        growth(b, gw)
        gw.stop()
        idle_lines(folder)
        rate(b, folder)
    finally:
        for p in b.peers:
            p.end()
        if gw.proc:
            gw.kill()
        shutil.rmtree(folder, True)


if __name__ == '__main__':
    main()
