# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole calls over two T1 spans (NI2, mu-law) of the real DAHDI driver. Runs in the virtual machine."""
import os
import subprocess

import bed
import cells
import test_detect
import test_numbers


class Driver(bed.unittest.TestCase):
    def test_hw_interface(self):
        p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/hw_dahdi_test')], capture_output=True, text=True,
                           timeout=100, check=False)
        self.assertEqual(p.returncode, 0, p.stdout[-3000:] + p.stderr[-3000:])


class T1(bed.CallTest):
    span, jitter = bed.T1, bed.STEADY

    def test_twenty_three_calls_at_once(self):
        r = self.sipcall('-n', '+121255502%02u', '-c', 23, '-x', 23, '-R', 20, '-t', 5000, '-p', '0,0', seconds=100)
        self.assert_all_answered(r, 23)
        self.assert_audio_exact(r, 24000)

    def test_a_law_ends(self):
        r = self.sipcall('-n', '+121255502%02u', '-c', 1, '-t', 3000, '-p', '8,8', '-M', 'a:mu:a')
        self.assert_all_answered(r, 1)
        self.assert_audio_exact(r, 16000)

    def test_busy_and_milliwatt(self):
        r = self.sipcall('-n', '+121255502%02u', '-c', 1, '-u', '486')
        self.assertEqual(self.ends(r, 'uac')[0]['status'], 486)
        r = self.gw.cli_json('call', 'telco', '+12125550100')
        self.assertEqual(r['result'], 'answered', r)
        self.assertAlmostEqual(r['level_dbm0'], 0, delta=0.2)


class EveryDialect(cells.Table, bed.CallTest):
    """Against a far end that shares nothing with the gateway."""
    span = bed.T1


class Detect(test_detect.OnDahdi, bed.CallTest):
    span, country, spans = bed.T1, '1', {'1': '1-24', '2': '25-48'}
    want = ['span=1,0,0,esf,b8zs', 'bchan=1-23', 'dchan=24', 'mulaw=1-24', 'bchan=25-47', 'dchan=48', 'loadzone=us']


class Numbers(test_numbers.Ni2):
    """Names by facility and a redirection, on the driver."""
