# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole calls over two E1 spans of the real DAHDI driver, joined back to back. Runs in the virtual machine."""
import os
import subprocess
import time

import bed
import cells
import test_detect
import test_numbers
import test_operation
import test_services
from test_causes import TABLE, cause_in

SPANCTL = os.path.join(bed.BUILD, 'tests/tools/spanctl')

ONE_SPAN = """\
site: {{country: 44, area: 20}}
card: dahdi
sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}}}
trunks:
  {name}:
    isdn: {{spans: [{span}], dialect: euroisdn, side: {side}}}
  office:
    sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1]}}
"""


class Driver(bed.unittest.TestCase):
    def test_hw_interface(self):
        """The test that the simulated card passes too."""
        p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/hw_dahdi_test')], capture_output=True, text=True,
                           timeout=100, check=False)
        self.assertEqual(p.returncode, 0, p.stdout[-3000:] + p.stderr[-3000:])


class E1(bed.CallTest):
    jitter = bed.STEADY

    def test_comes_into_service(self):
        spans = self.gw.ctl('spans')['spans']
        self.assertEqual([(s['layer2'], s['alarms']) for s in spans if s['trunk']], [('up', []), ('up', [])])
        self.assertEqual(len(self.gw.ctl('lines')['lines']), 60)

    def test_thirty_calls_at_once(self):
        r = self.sipcall('-c', 30, '-x', 30, '-R', 20, '-t', 6000, seconds=100)
        self.assert_all_answered(r, 30)
        self.assert_audio_exact(r, 30000)
        for end in ('out_line', 'in_line'):
            trunk = 'office' if end == 'out_line' else 'exchange'
            lines = {x[end] for x in self.gw.records("in_trunk = '%s'" % trunk)}
            self.assertEqual(len(lines), 30, lines)
        print('audio delay of each call, ms:', sorted(round(e['delay_ms']['mean'], 1) for e in r['ends']))

    def test_causes_pass(self):
        for status, cause, back in TABLE:
            if status not in (404, 480, 486, 500, 503, 603):
                continue
            r = self.sipcall('-n', '+442079467%03d' % status, '-m', 1, '-k', 3, '-u', 'number')
            e = self.ends(r, 'uac')[0]
            self.assertEqual((e['status'], cause_in(e.get('reason', ''))), (back, cause))

    def test_milliwatt(self):
        r = self.gw.cli_json('call', 'telco', '+442079460100')
        self.assertEqual(r['result'], 'answered', r)
        self.assertAlmostEqual(r['level_dbm0'], 0, delta=0.2)

    def test_dtmf_both_ways(self):
        r = self.sipcall('-c', 1, '-t', 5000, '-a', 'quiet', '-d', '159#', '-D', '26*0')
        self.assert_all_answered(r, 1)
        self.assertEqual(self.ends(r, 'uas')[0].get('dtmf'), '159#')
        self.assertEqual(self.ends(r, 'uac')[0].get('dtmf'), '26*0')

    def test_kill_9_in_mid_call(self):
        p = self.sipcall_start('-c', 5, '-R', 20, '-t', 60000)
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 10, 10))
        time.sleep(1)
        self.gw.kill()
        p.end()
        begun = time.monotonic()
        self.gw.start()
        self.assertEqual(self.gw.busy_lines(), [])
        r = self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')
        self.assertEqual(r['result'], 'answered', r)
        self.assertLess(time.monotonic() - begun - 1, 5)

    def test_span_pulled_and_plugged(self):
        """Span 2 leaves the machine under a gateway that has both: span 1 goes red, both come back by themselves."""
        where = '/sys/bus/dahdi_devices/devices/dynamic:loc:1/'
        p = self.sipcall_start('-c', 4, '-R', 20, '-t', 90000)
        self.assertTrue(bed.wait_for(lambda: [c['state'] for c in self.gw.ctl('calls')['calls']] == ['up'] * 8, 10))
        with open(where + 'unassign_span', 'w', encoding='ascii') as f:
            f.write('1')
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 15), self.gw.ctl('calls'))
        with open(where + 'assign_span', 'w', encoding='ascii') as f:
            f.write('1:2:32')
        subprocess.run([SPANCTL, 'signalling', '32', '62', 'clear', 'alaw'], check=True)
        subprocess.run([SPANCTL, 'signalling', '47', '47', 'hdlcfcs', 'alaw'], check=True)
        self.assertTrue(bed.wait_for(self.gw.in_service, 40), self.gw.ctl('spans'))
        self.assertEqual(self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')['result'], 'answered')
        p.proc.terminate()
        for e in self.sipcall_end(p)['ends']:
            self.assertEqual((e['remote_bye'], cause_in(e.get('bye_reason', ''))), (True, 41), e)


class OutOfService(bed.CallTest):
    """As on the simulated card."""
    jitter = bed.STEADY
    one_call, finish = test_operation.Operation.one_call, test_operation.Operation.finish
    states, told, trunk = test_operation.Operation.states, test_operation.Operation.told, test_operation.Operation.trunk
    test_out_of_service_and_back = test_operation.Operation.test_out_of_service_and_back


class EveryDialect(cells.Table, bed.CallTest):
    """Against a far end that shares nothing with the gateway."""


class Numbers(test_numbers.Everything):
    """The same on the driver: everything that belongs to a caller, to who answers, and to the end."""


class FarEndGone(bed.CallTest):
    """Two gateways, one on each span; the far one dies, its span is taken away and made again."""
    autostart = False

    def make_gateway(self, **kw):
        near = ONE_SPAN.format(port=bed.SIP_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST - 120, name='telco', span=1,
                               side='user', peer=bed.PEER_PORT)
        return super().make_gateway(trunks=near, dids='[office]\n+44*  telco\n[telco]\n+44*  office\n')

    def far_gateway(self):
        folder = os.path.join(self.folder, 'far')
        text = ONE_SPAN.format(port=bed.SIP_PORT + 50, rtp=bed.RTP_LAST - 119, rtp_last=bed.RTP_LAST, name='exchange',
                               span=2, side='network', peer=bed.PEER_PORT)
        dids = '[exchange]\n+442079460100  test/milliwatt\n+442079460108  test/echo\n'
        return bed.Gateway(folder, trunks=text, dids=dids)

    def test_span_destroyed_and_created(self):
        far = self.far_gateway()
        far.start(in_service=False)
        self.gw.start()
        p = self.sipcall_start('-c', 3, '-R', 20, '-t', 90000, '-n', '+442079460108', '-m', 1, '-E')
        self.assertTrue(bed.wait_for(lambda: [c['state'] for c in self.gw.ctl('calls')['calls']] == ['up'] * 3, 10))
        time.sleep(1)
        far.kill()
        begun = time.monotonic()
        subprocess.run([SPANCTL, 'destroy', 'loc', '1:1'], check=True)
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 15), self.gw.ctl('calls'))
        print('calls cleared %.1f s after the span went' % (time.monotonic() - begun))
        self.assertTrue(self.gw.ctl('spans')['spans'][0]['alarms'])
        subprocess.run([SPANCTL, 'create', 'loc', '1:1', '31'], check=True)
        subprocess.run([SPANCTL, 'signalling', '32', '62', 'clear', 'alaw'], check=True)
        subprocess.run([SPANCTL, 'signalling', '47', '47', 'hdlcfcs', 'alaw'], check=True)
        far.start(in_service=False)
        begun = time.monotonic()
        self.assertTrue(bed.wait_for(self.gw.in_service, 40), self.gw.ctl('spans'))
        print('in service %.1f s after the far gateway was back' % (time.monotonic() - begun))
        self.assertEqual(self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')['result'], 'answered')
        p.proc.terminate()
        for e in self.ends(self.sipcall_end(p), 'uac'):
            self.assertEqual((e['remote_bye'], cause_in(e.get('bye_reason', ''))), (True, 41), e)
        self.assertEqual(far.stop(), 0, far.tail())


class Detect(test_detect.OnDahdi, bed.CallTest):
    spans = {'1': '1-31', '2': '32-62'}
    want = ['span=1,0,0,ccs,hdb3,crc4', 'bchan=1-15,17-31', 'dchan=16', 'alaw=1-31', 'bchan=32-46,48-62', 'dchan=47']

    def tearDown(self):
        """Other tests find the channels as they were, without a canceller: OSLEC takes 0.3 dB from a tone."""
        super().tearDown()
        path = os.path.join(self.folder, 'plain.conf')
        with open(os.path.join(self.folder, 'out/system.conf'), encoding='utf-8') as f, open(path, 'w', encoding='utf-8') as g:
            g.writelines(line for line in f if not line.startswith('echocanceller'))
        for span, chans in self.spans.items():
            subprocess.run(['dahdi_cfg', '-S', span, '-C', chans, '-c', path], check=True, timeout=60)


# The supplementary services of the simulated card's tests, over the driver.
class HoldService(test_services.Hold):
    pass


class TransferService(test_services.AttendedHeldByExchange):
    pass


class BlindService(test_services.Blind):
    pass


class DeflectService(test_services.MovedByExchange):
    pass


class MaliciousService(test_services.Malicious):
    pass
