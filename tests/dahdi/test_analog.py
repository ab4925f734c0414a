# SPDX-License-Identifier: GPL-2.0-or-later
"""Analog lines over two robbed-bit spans of the real DAHDI driver: four ports for telephones, wired to four that are
telephones to an exchange. Runs in the virtual machine."""
import difflib
import json
import os
import subprocess
import time

import bed
import test_detect


class Driver(bed.unittest.TestCase):
    limit = 300

    def test_hw_interface(self):
        """The test that the simulated card's analog ports pass too."""
        p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/hw_dahdi_test'), '-a', '1', '5'], capture_output=True,
                           text=True, timeout=280, check=False)
        self.assertEqual(p.returncode, 0, p.stdout[-3000:] + p.stderr[-3000:])


class Legs(bed.unittest.TestCase):
    """One script of whole calls, and what both legs of each report: the simulated card and the real driver say the same."""
    limit, start = 1200, 'kewl'

    def play(self, card):
        p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/line_legs'), card, self.start], capture_output=True,
                           text=True, timeout=600, check=False)
        self.assertEqual(p.returncode, 0, '%s:\n%s%s' % (card, p.stdout[-4000:], p.stderr[-2000:]))
        return p.stdout.splitlines()

    def test_same_on_both_cards(self):
        sim, dahdi = self.play('sim'), self.play('dahdi')
        self.assertGreater(len(dahdi), 50)
        diff = list(difflib.unified_diff(dahdi, sim, 'the real driver', 'the simulated card', n=8, lineterm=''))
        self.assertFalse(diff, '\n' + '\n'.join(diff))


TRUNKS = """\
site: {{country: 44, area: 20, tones: us}}
card: dahdi
sip: {{listen: ["127.0.0.1:{sip}"], rtp-ports: {rtp}-{rtp_last}, jitter: 40ms}}
trunks:
  phones:
    fxs: {{lines: 1-4, numbers: {{1: "+442079460501", 2: "+442079460502"}}, disconnect: 500ms{fxs}}}
  copper:
    fxo: {{lines: 5-8, numbers: {{5: "+442079460601", 6: "+442079460602"}}, answer: [speech, timer]{fxo}}}
  office:
    sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], codecs: [pcmu], health: 0s}}
"""

DIDS = """\
[office]
+44207946050[1-4]     phones
9*                    copper/{{from:2}}

[phones]
+442079460110         test/play:{folder}/talk.wav
+442079460114         test/busy

[copper]
+442079460601         test/milliwatt
"""


class Lines(bed.CallTest):
    """A gateway that is both ends: the exchange of its own lines is its own telephone ports."""
    fxs, fxo, limit = '', '', 200

    def make_gateway(self, **kw):
        talk = self.folder + '/talk.wav'
        subprocess.run('espeak-ng -v en -w %s.wav "The quick brown fox jumps over the lazy dog." && '
                       'sox %s.wav -r 8000 -c 1 -b 16 %s' % (talk, talk, talk), shell=True, check=True)
        text = TRUNKS.format(sip=bed.SIP_PORT, peer=bed.PEER_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST, fxs=self.fxs,
                             fxo=self.fxo)
        return bed.Gateway(self.folder, trunks=text, dids=DIDS.format(folder=self.folder), **kw)

    def call(self, number, hold, *more):
        p = self.sipcall_start('-n', number, '-f', '+442071838750', '-t', str(hold), '-G', '40000', '-a', 'quiet', '-p',
                               '0,0', *more)
        return self.ends(self.sipcall_end(p, 120), 'uac')[0]

    def record(self, where):
        self.assertEqual(self.gw.wait_idle(30), [])
        return self.gw.records(where, 1)[0]

    def test_rings_with_caller_id(self):
        """To a telephone port; the line at its other end is rung, reads who calls, answers; battery tells it of the end."""
        end = self.call('+442079460501', 3000)
        self.assertEqual((end['status'], end['remote_bye']), (200, False), end)
        r = self.record("in_trunk = 'copper'")
        self.assertEqual((r['in_calling'], r['in_called'], r['cleared_how'], r['cause']),
                         ('+442071838750', '+442079460601', 'battery', 16), r)

    def test_calls_out_by_tones(self):
        end = self.call('902079460110', 60000)
        self.assertEqual((end['status'], end['remote_bye']), (200, True), end)
        r = self.record("out_trunk = 'copper'")
        self.assertEqual((r['answered_how'], r['cleared_how'], r['cause']), ('speech', 'battery', 16), r)
        self.assertEqual(self.record("in_trunk = 'phones'")['in_called'], '+442079460110')

    def test_busy(self):
        end = self.call('902079460114', 60000)
        self.assertEqual(end['status'], 486, end)
        r = self.record("out_trunk = 'copper'")
        self.assertEqual((r['cause'], r['cleared_how']), (17, 'tone'), r)

    def test_two_ports_against_each_other(self):
        """tipring line A test B: levels of the robbed-bit pair are what went in; battery drop ends it."""
        rc, out, _ = self.gw.cli('--json', 'line', 'copper/3', 'test', 'phones/3', check=False, timeout=120)
        answer = json.loads(out)
        self.assertEqual((rc, answer['bad'], [s for s in answer['steps'] if s['verdict'] != 'good']), (0, 0, []), answer)
        self.assertAlmostEqual([s['value'] for s in answer['steps'] if s['step'] == '1004 Hz towards copper/3'][0], 0, delta=0.3)
        self.assertEqual(self.gw.wait_idle(30), [])


class Idle(Lines):
    test_rings_with_caller_id = test_calls_out_by_tones = test_busy = test_two_ports_against_each_other = None

    def reads(self):
        with open('/proc/%d/io' % self.gw.proc.pid, encoding='ascii') as f:
            return next(int(line.split()[1]) for line in f if line.startswith('syscr:'))

    def test_kept_audio_is_fetched_seldom(self):
        """Four exchange lines at rest, whose last seconds are kept: one read of each brings all that the card has, four times a
        second; block by block they were more than 200."""
        time.sleep(3)
        begun, before = time.monotonic(), self.reads()
        time.sleep(10)
        a_second = (self.reads() - before) / (time.monotonic() - begun)
        self.assertGreater(a_second, 10, 'nothing is kept')
        self.assertLess(a_second, 60)
        print('%.0f reads a second of four idle lines' % a_second)


class Pulses(Lines):
    fxo = ', dial: pulse'

    test_rings_with_caller_id = test_busy = test_two_ports_against_each_other = None


class Detect(test_detect.OnDahdi, Lines):
    country, spans = '1', {'1': '1-4', '2': '5-8'}
    want = ['fxoks=1-4', 'fxsks=5-8', 'mulaw=1-4', 'mulaw=5-8', 'echocanceller=oslec,1-4']

    test_rings_with_caller_id = test_calls_out_by_tones = test_busy = test_two_ports_against_each_other = None
