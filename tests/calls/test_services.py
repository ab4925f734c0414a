# SPDX-License-Identifier: GPL-2.0-or-later
"""Supplementary services of ISDN, whole: hold, transfer, deflection, malicious calls. The exchange and its user are two trunks of
one gateway; who calls is a test call of the exchange, who is called a SIP far end."""
import json
import threading

import bed
import sip_end
import uas
from pcap import fields, tshark

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
        whys = [r['why'] for r in self.gw.records("in_trunk = 'telco' and cleared_how = 'transfer'")]
        self.assertEqual(whys, ['the exchange has joined its two calls'] if self.asked else [])


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
        self.assertEqual([(r['out_trunk'], r['transferred_by']) for r in self.gw.records("in_trunk = 'telco'")],
                         [('telco', 'office ' + CALLED)])

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


class BridgedBy(ServiceTest):
    """REFER of a call from the exchange to a number behind the exchange, of American dialects: the exchange is asked to join the two
    calls, which leaves no channel in use; where it will not they stay joined here, and are heard to talk."""
    dialect, exchange = 'ni2', 'transfer'
    services = 'transfer'
    joins, asks = True, True

    def make_gateway(self, **kw):
        gw = super().make_gateway(**kw)
        with open(gw.conf + '/trunks.yaml', encoding='utf-8') as f:
            text = f.read()
        text = text.replace('{1: e1, 2: e1}', '{1: t1, 2: t1}').replace('side:', 'dialect: %s, side:' % self.dialect)
        gw.write('trunks.yaml', text.replace('side: network, services: [transfer]', 'side: network, services: [%s]' % self.exchange))
        return gw

    def test_blind(self):
        path = self.folder + '/d.pcapng'
        self.gw.cli('trace', 'start', path)
        far = self.call(4)
        self.far.transfer(far, MILLIWATT)
        self.until(lambda: far.over)
        self.assertEqual([t.split()[1] for t in self.far.told], ['100', '200'])
        self.until(lambda: len(self.gw.busy_lines()) == (0 if self.joins else 4))
        if not self.joins:
            self.assertEqual(len(self.gw.busy_lines()), 4)
        self.ended()
        self.assertIn('1004', self.reports[0]['heard'].replace('1003', '1004').replace('1005', '1004'))
        record, = self.gw.records("in_trunk = 'telco'")
        self.assertEqual((record['out_trunk'], record['cause'], record['cleared_how']), ('telco', 16, 'transfer' if self.joins else ''))
        self.assertEqual(record['why'] == 'the exchange has joined its two calls', self.joins)
        self.assertEqual(bool(self.seen("'transfer refused'")), self.asks and not self.joins)
        self.gw.cli('trace', 'stop')
        self.wire(path)

    def wire(self, path):
        """tshark: an InitiateTransfer of ANSI T1 (its operation 8), and what answers it."""
        seen = fields(path, 'q931.message_type == 0x62 && q932.ros.ROS && frame.interface_name == "D channel of span 1"',
                      'q932.ros.global', 'q932.ros.returnResult_element', 'q932.ros.returnError_element')
        self.assertEqual(seen[0][0], '1.2.840.10005.0.8')
        self.assertEqual([bool(x) for x in seen[1][1:]], [self.joins, not self.joins], seen)
        self.assertEqual(tshark(path, '-Y', '_ws.malformed || _ws.expert.severity == error'), [])


class BridgedBy5ess(BridgedBy):
    dialect = '5ess'


class BridgeRefused(BridgedBy):
    exchange, joins = 'hold', False


class BridgedByDms(BridgedBy):
    """Release link trunk: the header of its element is Nortel's, which tshark does not take apart; it is looked at by its octets."""
    dialect = 'dms100'

    def wire(self, path):
        raw = self.frames(path)
        asked = [f for f in raw if f[8:9] == b'\x05' and b'\x1c\x0a\x11\xbe\xa1\x06\x02\x01\x01\x02\x01\x01' in f]
        named = [f for f in raw if f[8:9] == b'\x62' and b'\x11\xbe\xa2\x0d\x02\x01\x01\x30\x08\x02\x01\x01\x80\x03' in f]
        third = [f for f in raw if f[8:9] == b'\x62' and b'\x11\xbe\xa1' in f and b'\x02\x01\x02\x02\x01\x02\x30' in f]
        done = [f for f in raw if f[8:9] == b'\x62' and f.endswith(b'\x11\xbe\xa2\x03\x02\x01\x02')]
        self.assertEqual([len(x) for x in (asked, named, third, done)], [1, 1, 1, 1] if self.asks else [1, 0, 0, 0])
        if self.asks:
            identity = int.from_bytes(named[0][-3:], 'big')
            self.assertIn(bytes((0x80, 1, identity)), third[0])

    @staticmethod
    def frames(path):
        """Every frame of the D channel of span 1, once."""
        rows = tshark(path, '-Y', 'q931 && frame.interface_name == "D channel of span 1"', '-T', 'jsonraw')
        packets = json.loads('\n'.join(rows))
        return [bytes.fromhex(p['_source']['layers']['frame_raw'][0]) for p in packets]


class BridgeNotNamed(BridgedByDms):
    """The exchange gives no identity: it is not asked to join anything."""
    exchange, joins, asks = 'hold', False, False


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
        self.assertEqual([(x['in_trunk'], x['out_trunk'], x['cleared_how'], x['why']) for x in r if x['in_trunk'] == 'telco'],
                         [('telco', 'office', 'deflection', 'the exchange has sent the call on')])
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


AOC = 'Content-Type: application/vnd.etsi.aoc+xml'
XML = '<?xml version="1.0"?>\r\n<aoc xmlns="http://uri.etsi.org/ngn/params/xml/simservs/aoc"><aoc-%s><recorded-charges>%s</recorded-charges></aoc-%s></aoc>'
UNITS = '<recorded-charging-units><recorded-number-of-units>%d</recorded-number-of-units></recorded-charging-units>'
MONEY = ('<recorded-currency-units><currency-id>%s</currency-id><currency-amount>%s</currency-amount></recorded-currency-units>')


class Teller(sip_end.End):
    """A far end that writes bodies of any type."""

    def write(self, rows, body=''):
        if not body.startswith('<?xml'):
            super().write(rows, body)
            return
        text = '\r\n'.join([*rows, AOC, 'Content-Length: %d' % len(body), '', body])
        self.sock.sendto(text.encode(), ('127.0.0.1', bed.SIP_PORT))


class Charge(bed.CallTest):
    """A carrier behind the exchange (SIP) tells what a call costs; a PBX behind the line (SIP too) hears of it: INFO, FACILITY on the
    D channel, INFO; and at the end BYE, DISCONNECT, BYE. The records of both calls have it."""
    telco, exchange = 'services: [aoc]', 'services: [aoc]'

    def make_gateway(self, **kw):
        sim = 'sim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n' if bed.CARD == 'sim' else ''
        text = TRUNKS.format(card=bed.CARD, sim=sim, sip=bed.SIP_PORT, first=bed.RTP_FIRST, last=bed.RTP_LAST, peer=bed.PEER_PORT,
                             services='', office=', aoc: true')
        text = text.replace('side: user', 'side: user, ' + self.telco).replace('side: network', 'side: network, ' + self.exchange)
        return super().make_gateway(trunks=text, **kw)

    def setUp(self):
        super().setUp()
        self.end = Teller()
        self.addCleanup(self.end.close)

    def up(self):
        out = self.end.invite('+442079460200')
        come = self.end.taken(self.end.get('INVITE'))
        self.assertIn('application/vnd.etsi.aoc+xml', come['invite'].get('Accept'))
        self.assertIn('INFO', come['invite'].get('Allow'))
        self.end.answer(come)
        self.end.acknowledge(out, self.end.get(200, out))
        return out, come

    def tell(self, come, out, body):
        """INFO of the carrier; what the caller gets, None when he gets nothing."""
        self.end.request(come, 'INFO', body=body)
        self.end.get(200, come)
        try:
            m = self.end.get('INFO', out, 2)
        except AssertionError:
            return None
        self.end.reply({'local': m.get('To')}, m, 200)
        return m

    def charged(self):
        """(AOC-x, units, currency, thousandths) of the calls on the line and behind it."""
        self.assertEqual(self.gw.wait_idle(), [])
        r = self.gw.records("in_trunk = 'office'") + self.gw.records("in_trunk = 'exchange'")
        return [(x['out_charge'], x['out_charge_units'], x['out_charge_currency'], x['out_charge_thousandths']) for x in r]

    def facilities(self):
        return [s['what'] for s in self.gw.ladder(1)['steps'] if s['proto'] == 'Q.931' and 'FACILITY' in s['what']]


class ChargeTold(Charge):
    def test_units_then_the_end(self):
        out, come = self.up()
        for n in (1, 2):
            m = self.tell(come, out, XML % ('d', UNITS % n, 'd'))
            self.assertIn('<aoc-d>', m.body)
            self.assertIn('<recorded-number-of-units>%d<' % n, m.body)
        self.end.request(come, 'BYE', body=XML % ('e', UNITS % 3, 'e'))
        self.end.get(200, come)
        m = self.end.get('BYE', out)
        self.assertEqual(m.get('Content-Type'), 'application/vnd.etsi.aoc+xml')
        self.assertIn('<aoc-e>', m.body)
        self.assertIn('<recorded-number-of-units>3<', m.body)
        self.end.reply({'local': m.get('To')}, m, 200)
        self.assertEqual(self.charged(), [('AOC-E', 3, '', 0)] * 2)
        self.assertEqual(self.facilities(), ['FACILITY'] * 2)

    def test_money_and_another_program(self):
        """tshark reads the D channel: aOCDCurrency (33) and aOCECurrency (35) of EN 300 182-1, nothing malformed. (Not as QSIG: it
        takes them for QSIG's operations of the same numbers.)"""
        path = self.folder + '/charge.pcapng'
        self.gw.cli('trace', 'start', path)
        out, come = self.up()
        self.assertIn('<currency-id>EUR</currency-id><currency-amount>0.120<', self.tell(come, out, XML % ('d', MONEY % ('EUR', '0.12'), 'd')).body)
        self.end.request(come, 'BYE', body=XML % ('e', MONEY % ('EUR', '1.5'), 'e'))
        self.end.get(200, come)
        m = self.end.get('BYE', out)
        self.assertIn('<currency-amount>1.500<', m.body)
        self.end.reply({'local': m.get('To')}, m, 200)
        self.assertEqual(self.charged(), [('AOC-E', 0, 'EUR', 1500)] * 2)
        self.gw.cli('trace', 'stop')
        self.assertEqual(tshark(path, '-Y', '_ws.malformed || _ws.expert.severity == error'), [])
        # Operations of EN 300 182, which tshark has only as octets.
        self.assertEqual(fields(path, 'q932.ros.local && frame.interface_name == "D channel of span 1"',
                                'q931.message_type', 'q932.ros.local', 'q932.ros.argument'),
                         [['0x62', '33', '3012a10d8103' + b'EUR'.hex() + 'a206810178820100820100'],
                          ['0x45', '35', '30123010a10e8103' + b'EUR'.hex() + 'a207810205dc820100']])

    def test_rates(self):
        """AOC-S of the carrier: aOCSCurrency (31) of EN 300 182-1 on the line, and the same rates to the caller and in both records."""
        rates = ('<basic><price-time><currency-id>EUR</currency-id><currency-amount>0.120</currency-amount><length-time-unit><time-unit>60'
                 '</time-unit><scale>one-second</scale></length-time-unit><charging-type>step-function</charging-type></price-time></basic>'
                 '<communication-attempt><free-charge/></communication-attempt><communication-setup><flat-rate><currency-id>EUR'
                 '</currency-id><currency-amount>0.050</currency-amount></flat-rate></communication-setup>')
        path = self.folder + '/rates.pcapng'
        self.gw.cli('trace', 'start', path)
        out, come = self.up()
        m = self.tell(come, out, '<?xml version="1.0"?>\r\n<aoc xmlns="http://uri.etsi.org/ngn/params/xml/simservs/aoc"><aoc-s><charged-items>'
                      '%s</charged-items></aoc-s></aoc>' % rates)
        self.assertIn('<aoc-s><charged-items>%s</charged-items></aoc-s>' % rates, m.body)
        self.end.request(out, 'BYE')
        self.end.get(200, out)
        self.end.reply({'local': come['invite'].get('To')}, self.end.get('BYE', come), 200)
        self.assertEqual(self.gw.wait_idle(), [])
        r = self.gw.records("in_trunk = 'office'") + self.gw.records("in_trunk = 'exchange'")
        self.assertEqual([(x['out_charge'], x['out_charge_rates']) for x in r], [('AOC-S', '0.120 EUR every 60 s')] * 2)
        self.gw.cli('trace', 'stop')
        self.assertEqual(fields(path, 'q932.ros.local && frame.interface_name == "D channel of span 1"', 'q931.message_type',
                                'q932.ros.local'), [['0x62', '31']])

    def test_the_caller_clears(self):
        """What the carrier says in its answer to BYE is in the record of the call that it carried."""
        out, come = self.up()
        self.end.request(out, 'BYE')
        self.end.get(200, out)
        m = self.end.get('BYE', come)
        self.end.reply({'local': m.get('To')}, m, 200, body=XML % ('e', UNITS % 9, 'e'))
        self.assertEqual(self.charged(), [('', 0, '', 0), ('AOC-E', 9, '', 0)])


class ChargeNotHad(Charge):
    """A line without the service: the carrier's word stays in its own record, and goes no further."""
    telco, exchange = 'display: auto', 'display: auto'

    def test_goes_no_further(self):
        out, come = self.up()
        self.assertIsNone(self.tell(come, out, XML % ('d', UNITS % 1, 'd')))
        self.end.end(out, come)
        self.assertEqual(self.charged(), [('', 0, '', 0), ('AOC-D', 1, '', 0)])
        self.assertEqual(self.facilities(), [])


class ChargeAsked(Charge):
    telco = 'services: [aoc], aoc-request: [setup, during, end]'

    def test_promised(self):
        """The exchange promises the charge and hears of none: it says so at the end, when it clears and when the caller does."""
        for called_clears in (True, False):
            out, come = self.up()
            self.assertTrue(bed.wait_for(lambda: 'gives no AOC-S: not available' in self.gw.tail(50), 5), self.gw.tail(50))
            if called_clears:
                self.end.request(come, 'BYE')
                self.end.get(200, come)
                m = self.end.get('BYE', out)
                self.assertIn('<not-available/>', m.body)
                self.end.reply({'local': m.get('To')}, m, 200)
            else:
                self.end.end(out, come)
            self.assertEqual(self.gw.wait_idle(), [])
        self.assertEqual([r['out_charge'] for r in self.gw.records("in_trunk = 'office'")], ['AOC-E'] * 2)
        self.assertNotIn('gives no AOC-D', self.gw.tail(50))

    def test_told(self):
        out, come = self.up()
        self.assertIn('>4<', self.tell(come, out, XML % ('d', UNITS % 4, 'd')).body)
        self.end.request(come, 'BYE', body=XML % ('e', UNITS % 5, 'e'))
        self.end.get(200, come)
        m = self.end.get('BYE', out)
        self.assertIn('>5<', m.body)
        self.end.reply({'local': m.get('To')}, m, 200)
        self.assertEqual(self.charged(), [('AOC-E', 5, '', 0)] * 2)
