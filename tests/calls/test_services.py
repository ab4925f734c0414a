# SPDX-License-Identifier: GPL-2.0-or-later
"""Supplementary services of ISDN, whole: hold, transfer, deflection, malicious calls. The exchange and its user are two trunks of
one gateway; who calls is a test call of the exchange, who is called a SIP far end."""
import threading

import bed
import uas

CALLED = '+442071838100'
MILLIWATT = '+442079460100'

TRUNKS = """\
site: {{country: 44, area: 20}}
card: {card}
{sim}sip: {{listen: ["127.0.0.1:{sip}"], rtp-ports: {first}-{last}, jitter: 40ms}}

trunks:
  telco:
    isdn: {{spans: [1], side: user{services}}}
    hunt: descending
  exchange:
    isdn: {{spans: [2], side: network{services}}}
  office:
    sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], health: 0s{office}}}
"""


class ServiceTest(bed.CallTest):
    services, sip, uas_args = '', '', {}

    def make_gateway(self, **kw):
        services = ', services: [%s]' % self.services if self.services else ''
        sim = 'sim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n' if bed.CARD == 'sim' else ''
        return super().make_gateway(trunks=TRUNKS.format(
            card=bed.CARD, sim=sim, sip=bed.SIP_PORT, first=bed.RTP_FIRST, last=bed.RTP_LAST, peer=bed.PEER_PORT, services=services,
            office=self.sip), **kw)

    def setUp(self):
        super().setUp()
        self.far, self.reports, self.threads = uas.Uas(**self.uas_args), [], []
        self.addCleanup(self.far.stop)
        self.far.start()

    def tearDown(self):
        for t in self.threads:
            t.join(20)
        self.assertIsNone(self.far.failed)
        super().tearDown()

    def until(self, what, seconds=10):
        self.assertTrue(bed.wait_for(what, seconds), (self.far.answers, self.far.told, self.gw.ctl('calls'), self.gw.tail(10)))

    def call(self, seconds=3):
        """A test call of the exchange comes in on telco; its report is in self.reports when it has ended."""
        def run():
            self.reports.append(self.gw.ctl('call', trunk='exchange', number=CALLED, seconds=seconds))
        known = len(self.far.calls)
        t = threading.Thread(target=run)
        t.start()
        self.threads.append(t)
        if not self.uas_args.get('moved'):
            self.until(lambda: len(self.far.calls) > known)
            self.until(lambda: len([c for c in self.gw.ctl('calls')['calls'] if c['state'] == 'up']) == 2 * (known + 1))
            return self.far.calls[-1]
        return None

    def ended(self):
        for t in self.threads:
            t.join(20)
        self.assertEqual(self.gw.wait_idle(), [])

    def seen(self, what):
        """In how many ladders WHAT stands."""
        return sum(what in str(self.gw.ladder(n)) for n in range(1, 10) if self.has_call(n))

    def has_call(self, n):
        try:
            return self.gw.ladder(n)
        except RuntimeError:
            return None


class Hold(ServiceTest):
    services = 'hold'

    def test_hold(self):
        far = self.call(4)
        for direction in ('sendonly', 'inactive'):
            self.far.hold(far, direction)
            self.until(lambda: not self.gw.busy_lines())        # a held call has no channel
            self.assertEqual(self.gw.calls_now(), 2)
            self.far.hold(far, 'sendrecv')
            self.until(lambda: [x['state'] for x in self.gw.busy_lines()] == ['up', 'up'])
        self.ended()
        for what in ('HOLD', 'HOLD ACKNOWLEDGE', 'RETRIEVE', 'RETRIEVE ACKNOWLEDGE', 'held', 'resumed'):
            self.assertTrue(self.seen("'%s'" % what), what)
        self.assertEqual([r['cause'] for r in self.gw.records()], [16, 16])

    def test_ends_while_held(self):
        far = self.call(2)
        self.far.hold(far)
        self.until(lambda: not self.gw.busy_lines())
        self.ended()        # the caller's time is over
        self.until(lambda: far.over)


class Notified(ServiceTest):
    def test_hold(self):
        far = self.call(3)
        self.far.hold(far)
        self.until(lambda: self.seen("'held'") == 2)
        self.far.hold(far, 'sendrecv')
        self.until(lambda: self.seen("'resumed'") == 2)
        self.assertEqual(len(self.gw.busy_lines()), 2)
        self.ended()
        self.assertTrue(self.seen("'NOTIFY'"))


class Attended(ServiceTest):
    """Two callers of the exchange; who has both leaves them to each other. Without the service they are joined here."""
    asked = False

    def test_attended(self):
        a, b = self.call(4), self.call(4)
        self.far.hold(a)
        self.until(lambda: ('INVITE', 200) in self.far.answers)
        self.far.transfer(b, a)
        self.until(lambda: a.over and b.over)
        self.assertIn(('REFER', 202), self.far.answers)
        self.assertEqual([t.split()[1] for t in self.far.told], ['100', '200'])
        self.until(lambda: len(self.gw.busy_lines()) == (0 if self.asked else 4))
        self.ended()
        self.assertTrue(self.seen("'transferred'"))
        self.assertEqual(bool(self.seen("'FACILITY'")), self.asked)


class AttendedByExchange(Attended):
    services, asked = 'transfer', True


class AttendedHeldByExchange(Attended):
    services, asked = 'hold, transfer', True


class Blind(ServiceTest):
    def test_blind(self):
        far = self.call(4)
        self.far.transfer(far, MILLIWATT)
        self.until(lambda: far.over)
        self.assertEqual([t.split()[1] for t in self.far.told], ['100', '200'])
        self.ended()
        self.assertIn('1004', self.reports[0]['heard'].replace('1003', '1004').replace('1005', '1004'))
        self.assertEqual([r['out_trunk'] for r in self.gw.records("in_trunk = 'telco'")], ['telco'])

    def test_refused(self):
        """Busy, and where no row lets him: he is told, and has the call as it was."""
        far = self.call(5)
        for number, status in (('+442079460486', '486'), ('+33142685300x', '404'), ('+33142685300', '404')):
            self.far.told = []
            self.far.transfer(far, number)
            self.until(lambda: len(self.far.told) == 2)
            self.assertEqual([t.split()[1] for t in self.far.told], ['100', status], number)
        self.assertFalse(far.over)
        self.far.ask(far, 'REFER', ['Refer-To: <sip:127.0.0.1>'])       # no number at all
        self.until(lambda: ('REFER', 416) in self.far.answers)
        self.assertEqual(len(self.gw.busy_lines()), 2)
        self.ended()

    def test_not_his_call(self):
        far = self.call(2)
        self.far.ask(far, 'REFER', ['Refer-To: <sip:x@127.0.0.1?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd>'])
        self.until(lambda: ('REFER', 603) in self.far.answers)
        self.assertFalse(far.over)
        self.ended()


class NoRefer(ServiceTest):
    sip = ', refer: false'

    def test_declined(self):
        far = self.call(2)
        self.far.transfer(far, MILLIWATT)
        self.until(lambda: ('REFER', 603) in self.far.answers)
        self.ended()


class Moved(ServiceTest):
    """302: followed here by the rows of who said it, with the number that it was for."""
    uas_args = {'moved': 'sip:%s@127.0.0.1' % MILLIWATT}

    def test_moved(self):
        self.call(2)
        self.ended()
        self.assertEqual(self.reports[0]['result'], 'answered', self.reports)
        self.assertEqual(len(self.far.invites), 1)
        r = self.gw.records("in_trunk = 'telco'")[0]
        self.assertEqual((r['out_trunk'], r['out_called']), ('telco', MILLIWATT))
        self.assertTrue(self.seen('diverted'))


class MovedByExchange(Moved):
    services = 'deflect'

    def test_moved(self):
        self.call(2)
        self.ended()
        self.assertEqual(self.reports[0]['result'], 'answered', self.reports)
        self.assertTrue(self.seen('deflected'))
        r = self.gw.records()
        self.assertEqual([(x['in_trunk'], x['out_trunk']) for x in r if x['in_trunk'] == 'telco'], [('telco', 'office')])
        self.assertEqual([x['out_trunk'] for x in r if x['in_trunk'] == 'test'], ['test/milliwatt'])


class MovedNowhere(ServiceTest):
    uas_args = {'moved': 'sip:+33142685300@127.0.0.1'}

    def test_no_row(self):
        self.call(2)
        self.ended()
        self.assertEqual((self.reports[0]['result'], len(self.far.invites)), ('refused', 1), self.reports)


class MovedInCircles(ServiceTest):
    uas_args = {'moved': 'sip:%s@127.0.0.1' % CALLED}
    dids = bed.DIDS['44'].replace('[office]\n', '[office]\n%s  office\n' % CALLED, 1)

    def test_bounded(self):
        self.call(2)
        self.ended()
        self.assertEqual((self.reports[0]['result'], len(self.far.invites)), ('refused', 6), self.reports)
        diversions = [m.get('Diversion') for m in self.far.invites]
        self.assertEqual(diversions[0], '')
        for n, text in enumerate(diversions[1:], 1):
            self.assertIn(CALLED, text)
            self.assertIn('reason=unconditional', text)
            self.assertEqual(sum(int(x.split(';')[0]) for x in text.split('counter=')[1:]), n, text)


class Malicious(ServiceTest):
    services = 'mcid'

    def test_mcid(self):
        self.call(3)
        call = next(c['call'] for c in self.gw.ctl('calls')['calls'] if 'telco' in str(c.get('in')))
        self.assertIn('asked', self.gw.cli('mcid', str(call))[1])
        self.until(lambda: 'kept by the exchange' in self.gw.tail(100))
        self.ended()
        self.assertEqual([r['in_malicious'] for r in self.gw.records("in_trunk = 'telco'")], ['kept by the exchange'])
        self.assertEqual([r['out_malicious'] for r in self.gw.records("out_trunk = 'exchange'")], ['asked for by the far end'])
        self.assertEqual(self.gw.cli('mcid', '99', check=False)[0], 1)
