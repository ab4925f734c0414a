# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said at one end is heard at the other: octet by octet, through both spans, both ways."""
import os

import bed


class E1Audio(bed.CallTest):
    jitter = bed.STEADY

    def test_speech_bit_exact(self):
        path = os.path.join(self.folder, 'speech')
        self.assertGreater(bed.speech(path, 12), 96000)
        self.exact_call(80000, '-t', 12000, '-a', path)	# 10 s

    def test_thirty_calls_at_once(self):
        if bed.SLOW:
            self.skipTest('thirty calls in real time need an optimised build')
        self.exact_call(30000, '-x', 30, '-R', 20, '-t', 6000, count=30)
        lines = {x['out_line'] for x in self.gw.records("in_trunk = 'office'")}
        self.assertEqual(len(lines), 30)

    def test_packet_times(self):
        for ptime in (10, 20, 30):
            with self.subTest(ptime=ptime):
                self.exact_call(16000, '-t', 3000, '-i', ptime)

    def test_mu_law_ends_over_an_a_law_line(self):
        """G.711 tables 3 and 4: every value that the line cannot carry is the table's, both ways."""
        self.exact_call(24000, '-t', 4000, '-p', '0,0', '-M', 'mu:a:mu')

    def test_mu_law_caller_a_law_callee(self):
        self.exact_call(24000, '-t', 4000, '-p', '0,8', '-M', 'mu:a')

    def test_early_audio(self):
        """183 with SDP: the caller hears the far end before the answer."""
        r = self.sipcall('-c', 1, '-t', 2000, '-e', '-g', 2000)
        self.assert_all_answered(r, 1)
        uac = self.ends(r, 'uac')[0]
        self.assertLess(uac['t183'], 1000)
        self.assertGreaterEqual(uac['t200'], 2000)
        self.assertGreaterEqual(uac['verified'], 26000, 'octets of the 2 s before the answer and the 2 s after')

    def test_dtmf_both_ways(self):
        """RFC 4733 in, tones on the line, RFC 4733 out at the other end."""
        r = self.sipcall('-c', 1, '-t', 7000, '-a', 'quiet', '-d', '1590#AD', '-D', '26*4837')
        self.assert_all_answered(r, 1)
        self.assertEqual(self.ends(r, 'uas')[0].get('dtmf'), '1590#AD')
        self.assertEqual(self.ends(r, 'uac')[0].get('dtmf'), '26*4837')


class AFewPeerChoices(bed.CallTest):
    codecs, jitter = '[pcmu]', bed.STEADY

    def test_the_called_end_is_offered_what_its_trunk_says(self):
        self.exact_call(16000, '-t', 3000, '-p', '0,0', '-M', 'mu:a:mu')


class T1Audio(bed.CallTest):
    span, jitter = bed.T1, bed.STEADY

    def test_speech_bit_exact(self):
        path = os.path.join(self.folder, 'speech')
        bed.speech(path, 12, 'mu-law')
        self.exact_call(80000, '-n', '+121255502%02u', '-f', '+1212555%04u', '-t', 12000, '-a', path, '-p', '0,0')

    def test_a_law_ends_over_a_mu_law_line(self):
        self.exact_call(24000, '-n', '+121255502%02u', '-t', 4000, '-p', '8,8', '-M', 'a:mu:a')

    def test_twenty_three_calls(self):
        if bed.SLOW:
            self.skipTest('twenty-three calls in real time need an optimised build')
        self.exact_call(20000, '-n', '+121255502%02u', '-x', 23, '-R', 20, '-t', 4000, '-p', '0,0', count=23)

    def test_milliwatt(self):
        r = self.gw.cli_json('call', 'telco', '+12125550100')
        self.assertEqual(r['result'], 'answered', r)
        self.assertAlmostEqual(r['level_dbm0'], 0, delta=0.2)
