# SPDX-License-Identifier: GPL-2.0-or-later
"""NFAS in whole calls: three T1 spans under a primary and a backup D channel, and both ends of them here. Sound goes on,
sample by sample, while signalling changes over; calls are cleared and placed on the other D channel."""
import os
import re

import bed

TRUNKS = """\
site: {{country: 1, area: 212}}
card: {card}
{sim}sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}{jitter}}}
trunks:
  telco:
    isdn:
      spans: [1, 2, 3]
      nfas: {{primary: 1, backup: 2, interfaces: [0, 1, 2]}}
      dialect: {dialect}
      side: user
      timers: {{T200: 500ms, T203: 2s}}
    hunt: round-robin
  exchange:
    isdn:
      spans: [4, 5, 6]
      nfas: {{primary: 4, backup: 5}}
      dialect: {dialect}
      side: network
      timers: {{T200: 500ms, T203: 2s}}
  office:
    sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], health: 0s}}
"""
SIM = 'sim: {spans: {1: t1, 2: t1, 3: t1-nfas, 4: t1, 5: t1, 6: t1-nfas}, wires: [1-4, 2-5, 3-6]}\n'


class Nfas:
    dialect, jitter = 'ni2', bed.STEADY

    def make_gateway(self, **kw):
        text = TRUNKS.format(card=bed.CARD, sim=SIM if bed.CARD == 'sim' else '', port=bed.SIP_PORT, rtp=bed.RTP_FIRST,
                             rtp_last=bed.RTP_LAST, peer=bed.PEER_PORT, dialect=self.dialect, jitter=self.jitter)
        return super().make_gateway(trunks=text, dids=bed.DIDS['1'], **kw)

    def spans(self):
        return {s['no']: s for s in self.gw.ctl('spans')['spans'] if s.get('trunk')}

    def active(self, *nos):
        spans = self.spans()
        return [n for n in sorted(spans) if spans[n]['active']] == list(nos)

    def up(self, n):
        def answered():
            calls = self.gw.ctl('calls')['calls']
            return len(calls) == 2 * n and all(c['state'] == 'up' for c in calls)
        self.assertTrue(bed.wait_for(answered, 20), self.gw.ctl('calls'))

    def test_shown(self):
        spans = self.spans()
        self.assertEqual([(s['dchannel'], s['interface'], s['layer2'], s['active'], s['in_service']) for s in spans.values()],
                         [('primary', 0, 'up', True, True), ('backup', 1, 'up', False, True), ('none', 2, '-', False, True)] * 2)
        _, text, _ = self.gw.cli('spans')
        for words in ('up (primary, in use)', 'up (backup)', '(NFAS)'):
            self.assertIn(words, text)
        self.assertEqual(self.gw.ctl('status')['alarms'], [])

    def test_ladder_names_the_interface(self):
        """Channel numbers begin anew on each span."""
        for _ in range(3):
            self.gw.cli_json('call', 'telco', '+12125550100', '--seconds', '1')
        self.assertEqual(self.gw.wait_idle(), [])
        lines = []
        for r in self.gw.records("out_trunk = 'telco'"):
            setup = [s['detail'] for s in self.gw.ladder(r['call'])['steps'] if s['what'] == 'SETUP'][0]
            found = re.search(r'chan (\d+) of interface (\d) preferred', setup)
            self.assertTrue(found, setup)
            lines.append('%d/%s' % (int(found.group(2)) + 1, found.group(1)))
        self.assertEqual(lines, [r['out_line'] for r in self.gw.records("out_trunk = 'telco'")])

    def test_calls_on_every_span(self):
        r = self.sipcall('-n', '+121255502%02u', '-c', 30, '-x', 30, '-R', 15, '-t', 4000, '-p', '0,0', seconds=100)
        self.assert_all_answered(r, 30)
        self.assert_audio_exact(r, 16000)


class ByCommand(Nfas, bed.CallTest):
    """What people do to the group: the other D channel is put in use, and its spans get other numbers by a reload."""
    dialect = '4ess'
    test_shown = test_ladder_names_the_interface = test_calls_on_every_span = None

    def test_changeover(self):
        p = self.sipcall_start('-n', '+121255502%02u', '-c', 6, '-x', 6, '-R', 10, '-t', 6000, '-p', '0,0')
        self.up(6)
        _, text, _ = self.gw.cli('changeover', 'telco')
        self.assertEqual(text, 'telco signals on span 2 now, its backup D channel\n')
        self.assertTrue(bed.wait_for(lambda: self.active(2, 5), 5), self.spans())
        r = self.gw.cli_json('call', 'telco', '+12125550100', '--seconds', '1')
        self.assertEqual(r['result'], 'answered', r)
        self.assertEqual(self.gw.cli('changeover', 'exchange')[1], 'exchange signals on span 4 now, its primary D channel\n')
        self.assertTrue(bed.wait_for(lambda: self.active(1, 4), 5), self.spans())
        self.assert_all_answered(self.sipcall_end(p), 6)
        self.assertEqual([s['switchovers'] for s in self.spans().values()], [2] * 6)
        for name in ('office', 'nowhere'):
            self.assertIn('there is no trunk "%s" with two D channels' % name, self.gw.cli('changeover', name, check=False)[2])

    def test_interfaces_changed(self):
        path = os.path.join(self.gw.conf, 'trunks.yaml')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        self.gw.write('trunks.yaml', text.replace('interfaces: [0, 1, 2]', 'interfaces: [0, 1, 5]')
                      .replace('backup: 5', 'backup: 5, interfaces: [0, 1, 5]'))
        self.assertIn('trunks.telco.isdn.nfas.interfaces: [0, 1, 2] -> [0, 1, 5]   (with no calls on the trunk)', self.gw.cli('reload')[1])
        self.assertTrue(bed.wait_for(self.gw.in_service, 20), self.spans())
        self.assertEqual([s['interface'] for s in self.spans().values()], [0, 1, 5] * 2)
        self.assertTrue(self.active(1, 4), self.spans())
        r = self.gw.cli_json('call', 'telco', '+12125550100', '--seconds', '1')
        self.assertEqual(r['result'], 'answered', r)


class OnSim(Nfas, bed.CallTest):
    """Faults of the simulated card: the primary D channel is lost, its span, and the backup after it."""

    def lose(self, no, on):
        for span in (no, no + 3):
            self.gw.cli('fault', str(span), 'd-loss', '1000' if on else '0')

    def test_switchover_under_calls(self):
        p = self.sipcall_start('-n', '+121255502%02u', '-c', 6, '-x', 6, '-R', 10, '-t', 24000, '-G', 40000, '-p', '0,0')
        self.up(6)
        self.lose(1, True)
        self.assertTrue(bed.wait_for(lambda: self.active(2, 5), 15), self.spans())
        self.assertIn('there is none in reserve', str(self.gw.ctl('status')['alarms']))
        r = self.gw.cli_json('call', 'telco', '+12125550100', '--seconds', '2')
        self.assertEqual(r['result'], 'answered', r)
        self.assertAlmostEqual(r['level_dbm0'], 0, delta=0.2)
        self.lose(1, False)
        self.assertTrue(bed.wait_for(lambda: all(s['layer2'] != 'down' for s in self.spans().values()), 15), self.spans())
        self.assertEqual(self.gw.ctl('status')['alarms'], [])
        self.assertTrue(self.active(2, 5))
        self.lose(2, True)
        self.assertTrue(bed.wait_for(lambda: self.active(1, 4), 15), self.spans())
        self.lose(2, False)
        report = self.sipcall_end(p)	# the calls end by themselves, on the primary
        self.assert_all_answered(report, 6)
        self.assert_audio_exact(report, 8000 * 22)
        self.assertEqual({r['cause'] for r in self.gw.records("in_trunk = 'exchange' AND out_trunk = 'office'")}, {16})
        self.assertEqual([s['switchovers'] for s in self.spans().values()], [2] * 6)

    def test_span_of_the_primary_cut(self):
        """Its own calls end with cause 41, the others stay and are cleared by the backup."""
        p = self.sipcall_start('-n', '+121255502%02u', '-c', 30, '-x', 30, '-R', 15, '-t', 12000, '-p', '0,0')
        self.up(30)
        for span in ('1', '4'):
            self.gw.cli('fault', span, 'down', '1')
        self.assertTrue(bed.wait_for(lambda: self.active(2, 5), 15), self.spans())
        self.assertTrue(bed.wait_for(lambda: len(self.gw.ctl('calls')['calls']) == 2 * 7, 10), self.gw.ctl('calls'))
        for span in ('1', '4'):
            self.gw.cli('fault', span, 'down', '0')
        self.sipcall_end(p)
        causes = [r['cause'] for r in self.gw.records("in_trunk = 'office'")]
        self.assertEqual((causes.count(41), causes.count(16)), (23, 7), causes)
        self.assertTrue(bed.wait_for(self.gw.in_service, 25), self.spans())
        self.assertTrue(self.active(2, 5))
