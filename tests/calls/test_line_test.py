# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring line LINE test, on pairs whose echo and noise are known."""
import json
import os
import subprocess
import unittest

import bed
import lines


class LineTest(lines.LinesTest):
    telephones = ()
    # The exchange across copper/1 waits for more digits after the test's 1, and for long.
    fxs = ', interdigit: 20s'
    lines_dids = lines.DIDS.replace('[phones]\n', '[phones]\n1234567               test/quiet\n', 1)

    def measured(self, line, status):
        rc, out, _ = self.gw.cli('--json', 'line', line, 'test', check=False)
        self.assertEqual(rc, status, out)
        answer = json.loads(out)
        return answer, {s['step']: s for s in answer['steps']}


class Good(LineTest):
    pairs = '{fxs: 1, fxo: 5, echo: 14, echo-delay: 2, noise: -55}, 2-6, 3-7, 4-8'

    def test_measured(self):
        answer, steps = self.measured('copper/1', 0)
        for name in ('battery', 'dial tone', 'dial tone level', 'a digit ends it', 'noise on hook', 'noise off hook',
                     'echo return loss'):
            self.assertEqual(steps[name]['verdict'], 'good', answer)
        self.assertEqual(answer['bad'], 0)
        self.assertNotIn('aborted', answer)
        self.assertAlmostEqual(steps['echo return loss']['value'], 14, delta=2)
        self.assertEqual(steps['echo return loss']['unit'], 'dB')
        self.assertAlmostEqual(steps['noise on hook']['value'], -55, delta=2)
        self.assertAlmostEqual(steps['noise off hook']['value'], -55, delta=2)
        self.wait_line('copper/1', 'idle')
        self.wait_line('phones/1', 'idle')

    def test_telephone(self):
        answer, steps = self.measured('phones/2', 0)
        self.assertEqual(steps['receiver']['verdict'], 'good', answer)
        self.assertEqual(steps['bell, keys, speech']['verdict'], 'cannot be measured')


class DeadPair(LineTest):
    # Nothing is across copper/1.
    pairs = '2-6, 3-7, 4-8'
    autostart = False

    def setUp(self):
        super().setUp()
        self.gw.start(in_service=False)

    def test_no_battery(self):
        self.wait_line('copper/1', 'out of service')
        answer, steps = self.measured('copper/1', 1)
        self.assertEqual(steps['battery']['verdict'], 'bad', answer)
        self.assertTrue(steps['battery']['result'].startswith('none'))
        self.assertNotIn('dial tone', steps)
        self.wait_line('copper/1', 'out of service')
        self.assertEqual(self.gw.stop(), 0)  # it is not idle, as all are to be in the end
        self.gw.proc = None


class Busy(LineTest):
    def test_busy_line_refused(self):
        self.off(2)
        rc, _, err = self.gw.cli('line', 'phones/2', 'test', check=False)
        self.assertEqual(rc, 1)
        self.assertIn('phones/2 is busy: dialling', err)
        self.phone(2, 'on')
        self.wait_line('phones/2', 'idle')

    def test_two_at_once(self):
        with subprocess.Popen([os.path.join(bed.BUILD, 'tipring'), '-s', self.gw.sock, 'line', 'copper/3', 'test'],
                              stdout=subprocess.PIPE, text=True) as first:
            self.wait_line('copper/3', 'test')
            rc, _, err = self.gw.cli('line', 'copper/3', 'test', check=False)
            self.assertEqual(rc, 1)
            self.assertIn('copper/3 is busy: test', err)
            out = first.communicate(timeout=40)[0]
        self.assertEqual(first.returncode, 0, out)
        self.assertRegex(out, r'echo return loss +\S.* good')


class NoDialTone(LineTest):
    # A telephone with a hotline that calls at once hears no dial tone, and the number is a silent one.
    def make_gateway(self, **kw):
        gw = super().make_gateway(**kw)
        path = os.path.join(gw.conf, 'trunks.yaml')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text.replace('1: "+442079460501"', '1: {number: "+442079460501", hotline: "1234567"}'))
        return gw

    def test_none(self):
        answer, steps = self.measured('copper/1', 1)
        self.assertEqual(steps['dial tone']['verdict'], 'bad', answer)
        self.assertEqual(steps['dial tone']['result'], 'none')
        self.assertEqual(steps['a digit ends it']['verdict'], 'cannot be measured')
        self.wait_line('copper/1', 'idle')


if __name__ == '__main__':
    unittest.main()
