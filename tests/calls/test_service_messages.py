# SPDX-License-Identifier: GPL-2.0-or-later
"""SERVICE messages (AT&T TR 41459) in whole calls: the far end of the line takes channels out, and this end does."""
import os

import bed
from pcap import fields, tshark

SERVICE, SERVICE_ACK = 0x0f, 0x07


class FourEss(bed.CallTest):
    span = dict(bed.T1, dialect='4ess')

    def line(self, name):
        return [x for x in self.gw.ctl('lines')['lines'] if x['line'] == name][0]

    def becomes(self, name, state):
        self.assertTrue(bed.wait_for(lambda: self.line(name)['state'] == state, 10), self.line(name))

    def alarms(self):
        return [a['what'] for a in self.gw.ctl('status')['alarms']]

    def span_info(self, no):
        return [s for s in self.gw.ctl('spans')['spans'] if s['no'] == no][0]

    def call_on(self, name):
        """A test call of telco's: on this line."""
        r = self.gw.cli_json('call', 'telco', '+12125550100', '--seconds', '1')
        self.assertEqual((r['result'], r['line']), ('answered', name), r)

    def test_far_end_takes_out(self):
        path = os.path.join(self.folder, 'd.pcapng')
        self.gw.cli('trace', 'start', path)
        p = self.sipcall_start('-n', '+12125550201', '-c', 1, '-t', 60000, '-p', '0,0')
        self.assertTrue(bed.wait_for(lambda: self.line('1/23')['state'] == 'up', 10))
        # In mid call: a channel that is idle, and the one of the call, which stays.
        self.gw.cli('out', '2/22')
        self.gw.cli('out', '2/23')
        self.becomes('1/22', 'out by far end')
        self.becomes('2/22', 'taken out')
        self.call_on('1/21')
        self.assertEqual(self.line('1/23')['state'], 'up')
        self.assertIn('telco: span 1: 1 line taken out of service by the far end, the first is 1/22', self.alarms())
        p.proc.terminate()
        r = self.sipcall_end(p)
        self.assertTrue(all(e['errors'] == 0 and e['verified'] > 0 for e in r['ends']), r)
        self.becomes('1/23', 'out by far end')
        self.assertIn('telco: span 1: 2 lines taken out of service by the far end, the first is 1/22', self.alarms())
        self.call_on('1/21')
        self.assertIn('out by far end', self.gw.cli('lines', 'telco')[1])
        self.gw.cli('in', 'exchange')
        self.assertEqual(self.gw.wait_idle(), [])
        self.call_on('1/23')
        self.assertEqual([a for a in self.alarms() if 'taken out' in a], [])
        told = self.span_info(1), self.span_info(2)
        self.assertEqual([s['service_timeouts'] for s in told], [0, 0])
        self.assertEqual(told[0]['service_received'], told[1]['service_sent'])
        self.gw.cli('trace', 'stop')
        self.wire(path)

    def wire(self, path):
        """What tshark reads of it: nothing is malformed, and both messages are there."""
        self.assertEqual(tshark(path, '-Y', '_ws.malformed || _ws.expert.severity == error'), [])
        def passed(kind, way):
            """Channel and change status of each, on span 2, sent (0) or received (1)."""
            return [(int(c), int(s)) for c, s in fields(
                path, 'q931.maintenance_message_type == %d && frame.interface_name == "D channel of span 2" && '
                'frame.p2p_dir == %d' % (kind, way), 'q931.channel.number', 'q931.extension_ind_new_status')]
        sent = passed(SERVICE, 0)
        self.assertEqual(sent[:2], [(22, 2), (23, 2)])
        self.assertEqual(sorted(sent[2:]), [(c, 0) for c in range(1, 24)])
        self.assertEqual(passed(SERVICE_ACK, 1), sent)


class Ni2(bed.CallTest):
    """By itself NI2 tells nothing."""
    span = bed.T1

    def test_nothing_is_told(self):
        self.gw.cli('out', '2/22')
        r = self.gw.cli_json_any('call', 'telco', '+12125550100', '--seconds', '1')
        self.assertEqual(r['result'], 'answered', r)
        self.assertEqual([(s['service_sent'], s['service_received']) for s in self.gw.ctl('spans')['spans']], [(0, 0)] * 2)
        self.assertEqual([x['state'] for x in self.gw.ctl('lines')['lines'] if x['line'] == '1/22'], ['idle'])
        self.gw.cli('in', 'exchange')
        self.assertEqual(self.gw.wait_idle(), [])
