# SPDX-License-Identifier: GPL-2.0-or-later
"""Trunks that come, go and are made anew at a reload, while a call is up on another one."""
import bed

TRUNKS = """\
site: {{country: 44, area: 20}}
card: sim
sim: {{spans: {{1: e1, 2: e1, 3: e1, 4: e1}}, wires: [1-2, 3-4]}}
sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}{jitter}}}
trunks:
  telco:
    isdn: {{spans: [{telco}], dialect: euroisdn, side: user}}
  exchange:
    isdn: {{spans: [{exchange}], dialect: euroisdn, side: network}}
{more}  office:
    sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], health: 0s}}
"""
SECOND = """\
  second:
    isdn: {{spans: [3], dialect: {dialect}, side: {sides[0]}}}
  other:
    isdn: {{spans: [4], dialect: {dialect}, side: {sides[1]}}}
"""
DIDS = '\n[other]\n+442079460100         test/milliwatt\n\n[second]\n+442079460100         test/milliwatt\n'


class Reload(bed.CallTest):
    def make_gateway(self, **kw):
        return super().make_gateway(trunks=self.trunks(), **kw)

    @staticmethod
    def trunks(more='', telco='1', exchange='2'):
        return TRUNKS.format(port=bed.SIP_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST, peer=bed.PEER_PORT, jitter=bed.STEADY,
                             more=more, telco=telco, exchange=exchange)

    def becomes(self, text, dids=''):
        self.gw.write('trunks.yaml', text)
        self.gw.write('dids', bed.DIDS['44'] + dids)
        code, out, err = self.gw.cli('reload', check=False)
        return code, out + err

    def names(self):
        return [t['name'] for t in self.gw.ctl('trunks')['trunks']]

    def serves(self, trunk, line):
        self.assertTrue(bed.wait_for(lambda: [t['in_service'] for t in self.gw.ctl('trunks')['trunks'] if t['name'] == trunk]
                                     == [True], 20), self.gw.ctl('spans'))
        r = self.gw.cli_json_any('call', trunk, '+442079460100', '--seconds', '1')
        self.assertEqual((r['result'], r['line']), ('answered', line), r)

    def second(self, dialect='euroisdn', sides=('user', 'network')):
        return SECOND.format(dialect=dialect, sides=sides)

    def test_under_a_call(self):
        p = self.sipcall_start('-c', 1, '-t', 120000)
        self.assertTrue(bed.wait_for(lambda: len([c for c in self.gw.ctl('calls')['calls'] if c['state'] == 'up']) == 2, 10))
        # Two trunks more.
        code, text = self.becomes(self.trunks(self.second()), DIDS)
        self.assertEqual(code, 0, text)
        self.assertIn('trunks.second: added', text)
        self.assertEqual(self.names(), ['telco', 'exchange', 'second', 'other', 'office'])
        self.serves('second', '3/1')
        self.assertEqual(self.gw.cli('out', '3/2')[0], 0)
        # With their sides changed, and in another dialect; what is taken out stays so.
        for dialect, sides in (('euroisdn', ('network', 'user')), ('qsig', ('user', 'network'))):
            code, text = self.becomes(self.trunks(self.second(dialect, sides)), DIDS)
            self.assertEqual(code, 0, text)
            self.assertIn('(with no calls on the trunk)', text)
            self.assertEqual(self.names(), ['telco', 'exchange', 'second', 'other', 'office'])
            self.serves('other', '4/1')
            self.assertTrue(bed.wait_for(lambda: {x['line']: x['state'] for x in self.gw.ctl('lines')['lines']}['3/2'] == 'taken out', 10))
            self.serves('second', '3/1')
        # The trunk with the call is left alone, and so is all else then.
        code, text = self.becomes(self.trunks(telco='1, 3'), '')
        self.assertEqual(code, 1, text)
        self.assertIn('nothing was applied: telco is made anew or removed, and has 1 call: "tipring out telco", and again when it has '
                      'ended', text)
        self.serves('second', '3/1')
        # They go; the call has heard nothing of all that.
        code, text = self.becomes(self.trunks())
        self.assertEqual(code, 0, text)
        self.assertEqual(self.names(), ['telco', 'exchange', 'office'])
        p.proc.terminate()
        r = self.sipcall_end(p)
        self.assertTrue(all(e['errors'] == 0 and e['verified'] > 0 for e in r['ends']), r)
        # It has ended this moment. Spans of a trunk that went are another's.
        code, text = self.becomes(self.trunks(telco='3, 1', exchange='4, 2'))
        self.assertEqual(code, 0, text)
        self.assertTrue(bed.wait_for(lambda: len(self.gw.ctl('lines')['lines']) == 120, 10))
        states = {x['line']: x['state'] for x in self.gw.ctl('lines')['lines']}
        self.assertIn(states['3/2'], ('restarting', 'idle'), 'its trunk went, and nobody was left who had it out')
        self.serves('telco', '3/1')
        self.assertEqual(self.gw.wait_idle(), [])
        self.assertEqual(self.gw.ctl('trace')['kept'], 0, 'no span has failed')
