# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls over four E1 spans from both ends at once, which hunt in the same direction, so that they meet on channels: as fast as
the D channels take them, answered, busy, rejected and given up. TIPRING_ISDN_LOAD=10000 makes it the long one."""
import collections
import os

import bed

CALLS = int(os.environ.get('TIPRING_ISDN_LOAD', '160'))
ROUNDS = 1 + (CALLS - 1) // 5000
EACH = CALLS // ROUNDS // 2	# calls of one end in one round
RATE = 8 if bed.SLOW else 36	# a second, of each end; the D channels of four spans take a little more in both directions

TRUNKS = """\
site: {{country: 44, area: 20}}
card: sim
sim: {{spans: {{1: e1, 2: e1, 3: e1, 4: e1, 5: e1, 6: e1, 7: e1, 8: e1}}, wires: [1-5, 2-6, 3-7, 4-8]}}
sip: {{listen: ["127.0.0.1:{sip}"], rtp-ports: {rtp}-{rtp_last}}}

trunks:
  telco:
    isdn: {{spans: [1, 2, 3, 4], dialect: euroisdn, side: user}}
  exchange:
    isdn: {{spans: [5, 6, 7, 8], dialect: euroisdn, side: network}}
  office:
    sip: {{peer: "127.0.0.3:{peer}", from: [127.0.0.3], health: 0s}}
  carrier:
    sip: {{peer: "127.0.0.2:{other}", from: [127.0.0.2], health: 0s}}
""".format(sip=bed.SIP_PORT, rtp=bed.RTP_FIRST + 300, rtp_last=bed.RTP_FIRST + 899, peer=bed.PEER_PORT, other=bed.OTHER_PORT)

ENDINGS = """\
+44207946xxx[0-4]     test/quiet
+44207946xxx[5-6]     test/busy
+44207946xxx7         reject:21
+44207946xxx8         reject:38
+44207946xxx9         test/noanswer
"""
DIDS = '[office]\n+44*  telco\n\n[carrier]\n+44*  exchange\n\n[exchange]\n%s\n[telco]\n%s' % (ENDINGS, ENDINGS)


class Load(bed.CallTest):
    limit = 120 + CALLS // RATE

    def make_gateway(self, **kw):
        return bed.Gateway(self.folder, trunks=TRUNKS, dids=DIDS, **kw)

    def callers(self, address, port, rtp):
        """Short calls to every kind of ending; whoever is not answered gives up after a while."""
        p = self.start_peer([os.path.join(bed.TOP, 'build/gcc/tests/tools/sipcall'), '-l', '%s:%d' % (address, port), '-r',
                             '127.0.0.1:%d' % bed.SIP_PORT, '-P', rtp, '-c', EACH, '-n', '+442079460%03u', '-m', 1000, '-k', 0,
                             '-R', RATE, '-x', 56, '-t', 150, '-C', 700, '-G', 20000, '-a', 'none', '-u', 'no'])
        self.assertIn('sipcall: ready', p.proc.stderr.readline())
        return p

    def test_both_ends_at_once(self):
        for _ in range(ROUNDS):
            # At addresses of their own: 300 ports for RTP each, which beside those of the gateway are more than one test has.
            peers = [self.callers('127.0.0.3', bed.PEER_PORT, bed.RTP_FIRST + 300),
                     self.callers('127.0.0.2', bed.OTHER_PORT, bed.RTP_FIRST + 300)]
            reports = [self.sipcall_end(p, self.limit) for p in peers]
            self.assertEqual([r['placed'] for r in reports], [EACH, EACH])
        self.assertEqual(self.gw.wait_idle(60), [])
        status = self.gw.ctl('status')
        records = self.gw.records()
        self.assertEqual((status['records']['lost'], status['calls']['now']), (0, 0))
        # Every call that was placed has its record, and every call that crossed a span the record of its other end.
        ours = [r for r in records if r['in_trunk'] in ('office', 'carrier')]
        theirs = [r for r in records if r['in_trunk'] in ('telco', 'exchange')]
        self.assertEqual(len(ours), CALLS)
        self.assertEqual(len(ours) + len(theirs), len(records))
        # Each cause has its reason: what the far end's row says, the caller who gave up, and channels that were taken.
        causes = collections.Counter((r['in_called'][-1] if r['out_trunk'] in ('telco', 'exchange') else 'no line', r['cause'])
                                     for r in ours)
        spans = self.gw.ctl('spans')['spans']
        for s in spans:
            calls = s['calls_in'] + s['calls_out']
            self.assertEqual('advice' in s, s['glare'] >= 3 and s['glare'] * 100 >= calls, s)
            if 'advice' in s:
                self.assertIn('%.1f %% of the calls met glare' % (100 * s['glare'] / calls), s['advice'])
        log = self.gw.tail(10 ** 6)
        took = (max(r['end_ms'] for r in ours) - min(r['start_ms'] for r in ours)) / 1000
        said = '%d calls in %.1f s, from both ends at once; glare %d, audit %d, RESTARTs lost %d; (digit that chooses the ending, ' \
            'cause): calls %s\n' % (CALLS, took, sum(s['glare'] for s in spans), log.count('audit:'),
                                   sum(s['restart_timeouts'] for s in spans), sorted(causes.items()))
        print(said)
        with open(os.path.join(bed.BUILD, 'isdn-load.txt'), 'w', encoding='ascii') as f:
            f.write(said)
        may = {**{str(d): {16} for d in range(5)}, '5': {17}, '6': {17}, '7': {21}, '8': {38}, '9': {16}, 'no line': {34}}
        odd = {k: n for k, n in causes.items() if k[1] not in may[k[0]] | {34, 44, 16}}
        self.assertEqual(odd, {})
        right = sum(n for (d, c), n in causes.items() if c in may[d])
        self.assertGreater(right, CALLS * 0.9, causes)
        # The audit, every 5 s, counts what libpri holds.
        self.assertTrue(bed.wait_for(lambda: not any(s['layer3_calls'] for s in self.gw.ctl('spans')['spans']), 10))
        self.assertEqual(log.count('audit:'), 0)
        self.assertTrue(all(r['why'] for r in records))
