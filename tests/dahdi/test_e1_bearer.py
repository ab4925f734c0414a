# SPDX-License-Identifier: GPL-2.0-or-later
"""Data, announcements and digits one after the other over two E1 spans of the real DAHDI driver. Runs in the virtual machine."""
import os

import bed

TRUNKS = """\
site: {{country: 44, area: 20}}
card: dahdi
sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}, jitter: 40ms}}
trunks:
  telco:    {{isdn: {{spans: [1], side: user, overlap: true, echo-canceller: 128}}}}
  exchange: {{isdn: {{spans: [2], side: network, overlap: true, clear-tones: true, echo-canceller: 128}}}}
  office:   {{sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], codecs: [pcmu], health: 0s}}}}
""".format(port=bed.SIP_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST, peer=bed.PEER_PORT)
DIDS = """\
[office]
+44*              telco
[exchange]
+442079460100     test/milliwatt
+4420794602xx     office
+442079460486     busy
"""


class Bearer(bed.CallTest):
    def make_gateway(self, **kw):
        return super().make_gateway(trunks=TRUNKS, dids=DIDS)

    def test_data_is_transparent(self):
        """Every octet of all 256 values, both ways, through the driver's clear mode: no law, no canceller, no detector."""
        r = self.exact_call(40000, '-c', 1, '-t', 7000, '-p', '97,97')
        print('data: octets verified at each end', [e['verified'] for e in r['ends']])
        for record in self.gw.records():
            self.assertEqual(record['bearer'], 8)

    def test_sound_after_data(self):
        """A channel that carried data carries sound again, in its law."""
        self.exact_call(8000, '-t', 2000, '-p', '97,97')
        r = self.gw.cli_json('call', 'telco', '+442079460100')
        self.assertAlmostEqual(r['level_dbm0'], 0, delta=0.2)
        self.assertAlmostEqual(r['freq_hz'], 1004, delta=4)

    def test_announcement_is_heard(self):
        r = self.sipcall('-n', '+442079460486', '-t', 3000, '-p', 0, '-C', 2500, '-a', 'quiet', '-o', self.folder, '-u', 'no')
        e = self.ends(r, 'uac')[0]
        self.assertEqual((e['status'], e.get('t183', 0) > 0), (487, True), e)
        self.assertGreater(e['packets_in'], 40, e)
        with open(os.path.join(self.folder, 'uac-0.raw'), 'rb') as f:
            self.assertGreater(len(set(f.read())), 8, 'a tone, not silence')
        self.assertEqual(self.gw.wait_idle(), [])

    def test_overlap_receiving(self):
        r = self.gw.cli_json('call', 'telco', '+442079460100', '--overlap', '--seconds', '1')
        self.assertEqual(r['result'], 'answered', r)
        self.assertEqual(self.gw.wait_idle(), [])
        record = self.gw.records("in_trunk = 'exchange'")[0]
        self.assertEqual(record['in_called'], '+442079460100')
        steps = [s['what'] for s in self.gw.ladder(record['call'])['steps']]
        self.assertEqual(steps.count('INFORMATION'), 10)
