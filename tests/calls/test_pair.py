# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring line A test B: two ports that are wired together, on pairs whose loss and noise are known."""
import json
import os
import subprocess

import bed
import lines


class PairTest(lines.LinesTest):
    telephones = ()

    def measured(self, a, b, status):
        rc, out, _ = self.gw.cli('--json', 'line', a, 'test', b, check=False, timeout=90)
        self.assertEqual(rc, status, out)
        answer = json.loads(out)
        return answer, {s['step']: s for s in answer['steps']}

    def assert_idle_again(self):
        self.assertEqual(self.gw.wait_idle(20), [])
        self.assertEqual(self.gw.records(), [], 'it is no call')


class Good(PairTest):
    pairs = '{fxs: 1, fxo: 5, loss: 3, noise: -60}, 2-6, 3-7, 4-8'
    fxs = ', start: kewl'

    def test_a_lossy_pair(self):
        """Named the other way round; every figure is what the pair was made with."""
        answer, steps = self.measured('copper/1', 'phones/1', 0)
        self.assertEqual((answer['bad'], answer['line'], {s['verdict'] for s in answer['steps']}),
                         (0, 'phones/1 and copper/1', {'good'}), answer)
        for name in ('1004 Hz towards copper/1', '1004 Hz towards phones/1'):
            self.assertAlmostEqual(steps[name]['value'], 3, delta=0.3)
        for name in ('noise at copper/1', 'noise at phones/1'):
            self.assertAlmostEqual(steps[name]['value'], -60, delta=2.5)
        self.assertEqual(steps['caller ID']['result'], 'read as it was sent, by V.23')
        self.assertEqual(steps["caller's name"]['result'], 'read as it was sent')
        self.assertEqual(steps['keys towards copper/1']['result'], 'all heard, as they were sent')
        self.assertIn('by battery', steps['clear']['result'])
        self.assert_idle_again()

    def test_who_else_wants_the_lines(self):
        """A call meanwhile finds them busy; a second test is refused; whoever asked goes away: all ends."""
        with subprocess.Popen([os.path.join(bed.BUILD, 'tipring'), '-s', self.gw.sock, 'line', 'phones/1', 'test', 'copper/1'],
                              stdout=subprocess.PIPE, text=True) as first:
            self.wait_line('copper/1', 'up')
            rc, _, err = self.gw.cli('line', 'phones/2', 'test', 'copper/2', check=False)
            self.assertEqual((rc, 'a test of two lines is under way' in err), (1, True), err)
            r = self.sipcall('-c', 1, '-n', '+442079460501', '-m', 1, '-k', 0, '-G', 3000)
            self.assertEqual(self.ends(r, 'uac')[0]['status'], 486, r)
            first.kill()
            first.communicate()
        self.assertEqual(self.gw.wait_idle(20), [])
        self.assertEqual([x['cause'] for x in self.gw.records()], [17])
        answer = {}

        def another():
            answer.update(self.gw.cli_json_any('line', 'phones/2', 'test', 'copper/2'))
            return answer['ok']
        self.assertTrue(bed.wait_for(another, 60), answer)
        self.assertEqual(answer['bad'], 0, answer)


class Wrong(PairTest):
    pairs = '1-5, 2-6, 3-7, 4-8'

    def test_wired_to_another(self):
        answer, steps = self.measured('phones/1', 'copper/2', 1)
        self.assertIn('it comes in on channel 5, not on copper/2', steps['ring']['result'], answer)
        self.assert_idle_again()

    def test_what_cannot_be_tested(self):
        for a, b, why in (('phones/1', 'phones/2', 'are both FXS'), ('copper/1', 'copper/1', 'are both FXO'),
                          ('phones/1', 'copper/9', 'there is no line "copper/9"')):
            rc, _, err = self.gw.cli('line', a, 'test', b, check=False)
            self.assertEqual((rc, why in err), (1, True), err)
        self.off(1)
        rc, _, err = self.gw.cli('line', 'copper/1', 'test', 'phones/1', check=False)
        self.assertEqual((rc, 'is busy' in err), (1, True), err)
        self.phone(1, 'on')
        self.assertEqual(self.gw.wait_idle(20), [])


class Noisy(PairTest):
    pairs = '{fxs: 1, fxo: 5, noise: -30}, 2-6, 3-7, 4-8'

    def test_noise(self):
        answer, steps = self.measured('phones/1', 'copper/1', 1)
        self.assertEqual((steps['noise at copper/1']['verdict'], steps['noise at phones/1']['verdict']), ('bad', 'bad'), answer)
        self.assertAlmostEqual(steps['noise at copper/1']['value'], -30, delta=2)
        self.assert_idle_again()


class Dead(PairTest):
    pairs = '{fxs: 1, fxo: 5, dead: true}, 2-6, 3-7, 4-8'
    autostart = False

    def test_cut_pair(self):
        self.gw.start(in_service=False)
        self.wait_line('copper/1', 'out of service')
        rc, _, err = self.gw.cli('line', 'phones/1', 'test', 'copper/1', check=False)
        self.assertEqual((rc, 'copper/1 is out of service' in err), (1, True), err)
        self.assertEqual(self.gw.stop(), 0)  # it is not idle, as all are to be in the end
        self.gw.proc = None


class Methods(PairTest):
    """Another country's way, which has no name."""
    tones, country, area = 'se', '46', '8'

    def test_dtmf(self):
        _, steps = self.measured('phones/1', 'copper/1', 0)
        self.assertEqual(steps['caller ID']['result'], 'read as it was sent, by DTMF')
        self.assertEqual(steps["caller's name"]['verdict'], 'cannot be measured')
        self.assert_idle_again()
