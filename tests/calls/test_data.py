# SPDX-License-Identifier: GPL-2.0-or-later
"""Unrestricted 64 kbit/s (RFC 4040): CLEARMODE at both SIP ends, unrestricted digital information between them. Every octet of
all 256 values comes through as it was, also between laws; what cannot carry data refuses it."""
import os

import bed
from pcap import fields

TWO_LAWS = """\
site: {{country: 44, area: 20}}
card: sim
sim: {{spans: {{1: e1, 2: e1, 3: t1, 4: t1}}, wires: [1-2, 3-4]}}
sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}, jitter: 40ms}}
trunks:
  telco:    {{isdn: {{spans: [1], dialect: euroisdn, side: user, echo-canceller: 128}}}}
  exchange: {{isdn: {{spans: [2], dialect: euroisdn, side: network, echo-canceller: 128}}}}
  west:     {{isdn: {{spans: [3], dialect: ni2, side: network}}}}
  far:      {{isdn: {{spans: [4], dialect: ni2, side: user}}}}
  office:   {{sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], codecs: [pcma], health: 0s}}}}
""".format(port=bed.SIP_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST, peer=bed.PEER_PORT)


def setup_bearers(test):
    """What the SETUPs of all calls in the ladders said."""
    words = []
    for call in test.gw.records():
        for s in test.gw.ladder(call['call'])['steps']:
            if s['what'] == 'SETUP':
                words.append(s['detail'])
    return words


class Data(bed.CallTest):
    jitter = bed.STEADY

    def test_every_octet_both_ways(self):
        self.exact_call(40000, '-t', 7000, '-p', '97,97')
        for r in self.gw.records():
            self.assertEqual(r['bearer'], 8, r)
        self.assertTrue(setup_bearers(self))
        for words in setup_bearers(self):
            self.assertIn(' unrestricted', words)

    def test_a_digit_in_the_data_is_data(self):
        """No detector listens: RFC 4733 was not agreed, and octets that sound like a digit are left alone."""
        r = self.exact_call(16000, '-t', 3000, '-p', '97,97', '-d', '5')
        self.assertNotIn('dtmf', self.ends(r, 'uas')[0])

    def test_sound_is_refused(self):
        """An offer of data to who has only sound to give: 488 with cause 65, before anybody is called."""
        r = self.sipcall('-n', '+442079460100', '-p', '97,97')
        e = self.ends(r, 'uac')[0]
        self.assertEqual(e['status'], 488)
        self.assertIn('cause=65', e['reason'])
        self.assertEqual(self.gw.wait_idle(), [])

    def test_the_far_end_wants_sound(self):
        """The called end answers CLEARMODE with PCMA: nothing in common, and everything is cleared."""
        r = self.sipcall('-p', '97,8')
        self.assertNotEqual(self.ends(r, 'uac')[0]['status'], 200)


class SoundBehindIt(bed.CallTest):
    """An offer of CLEARMODE with PCMA behind it: data where data can go, else sound."""

    def test_data_where_it_can_go(self):
        self.assert_all_answered(self.sipcall('-t', 500, '-a', 'none', '-p', '97+8,97'), 1)
        self.assertEqual({r['bearer'] for r in self.gw.records()}, {8})

    def test_to_who_has_only_sound(self):
        """The far end of the span has a test line: its 65 comes back through the exchange, and the call is placed anew."""
        self.assert_all_answered(self.sipcall('-n', '+442079460100', '-t', 500, '-a', 'none', '-p', '97+8'), 1)
        mine = self.gw.records("in_trunk = 'office'")[-1]
        self.assertEqual((mine['bearer'], mine['attempts'], mine['cause']), (0, 2, 16))
        self.assertIn('as sound', [s['what'] for s in self.gw.ladder(mine['call'])['steps']])

    def test_the_far_end_wants_sound(self):
        self.assert_all_answered(self.sipcall('-t', 500, '-a', 'none', '-p', '97+8,8'), 1)
        self.assertEqual(self.gw.records("in_trunk = 'office'")[-1]['bearer'], 0)


class Announced(bed.CallTest):
    """The bearer capability of calls with sound (Q.931 4.5.5), as tshark reads it."""
    office = ', bearer: 3.1k'
    captures = 0

    def capabilities(self, *args):
        """Of the SETUPs of one call, on both spans."""
        path = os.path.join(self.folder, 'bearer%d.pcapng' % self.captures)
        self.captures += 1
        self.gw.cli('trace', 'start', path)
        self.assert_all_answered(self.sipcall('-t', 200, *args), 1)
        self.assertEqual(self.gw.wait_idle(), [])
        self.gw.cli('trace', 'stop')
        return [int(x[0], 0) for x in fields(path, 'q931.message_type == 0x05', 'q931.information_transfer_capability')]

    def test_sound_as_the_trunk_says_and_data_as_data(self):
        self.assertEqual(self.capabilities(), [0x10, 0x10])
        self.assertEqual([r['bearer'] for r in self.gw.records()], [16, 16])
        self.assertEqual(self.capabilities('-p', '97,97'), [8, 8])

    def test_live(self):
        path = os.path.join(self.gw.conf, 'trunks.yaml')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        self.gw.write('trunks.yaml', text.replace('bearer: 3.1k', 'bearer: speech'))
        self.gw.cli('reload')
        self.assertEqual(self.capabilities(), [0, 0])


class NoData(bed.CallTest):
    office, jitter = ', clearmode: false', bed.STEADY

    def test_refused_here(self):
        r = self.sipcall('-p', '97,97')
        self.assertEqual(self.ends(r, 'uac')[0]['status'], 488)
        self.assertEqual(self.gw.records(), [])

    def test_sound_as_ever(self):
        self.exact_call(8000, '-t', 2000)


class BetweenLaws(bed.CallTest):
    """SIP, A-law spans, mu-law spans, SIP: the call in the middle has two lines and no RTP."""

    def make_gateway(self, **kw):
        return super().make_gateway(trunks=TWO_LAWS, dids='[office]\n+44*  telco\n[exchange]\n+44*  west\n'
                                                          '[far]\n+44*  office\n')

    def test_line_to_line(self):
        self.exact_call(30000, '-t', 6000, '-p', '97,97')
        self.assertEqual(len(self.gw.records("in_trunk = 'exchange' AND out_trunk = 'west' AND bearer = 8")),
                         len(self.gw.records("in_trunk = 'office'")))
