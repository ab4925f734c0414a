# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground start at both ends of a line: our FXO ports are the trunks of a PBX, and our FXS ports the exchange that they lead to. Who
seizes is seen before anything is answered, and who clears is seen at once."""
import bed
import lines

DIDS = """\
[office]
+44207946050[1-4]     phones
9*                    copper/{{from:2}}

[phones]
+442079460110         test/play:{folder}/talk.wav
+442079460113         test/milliwatt
+442079460114         test/busy

[copper]
+442079460601         test/milliwatt
+442079460602         test/noanswer
"""


class Ground(lines.LinesTest):
    ports, fxs, fxo = ', start: ground', ', start: ground', ', start: ground, answer: [speech, timer]'
    telephones = ()

    def make_gateway(self, **kw):
        self.lines_dids = DIDS.format(folder=self.folder)
        self.wav('talk.wav', 2)
        return super().make_gateway(**kw)

    def call(self, number, hold, *more):
        p = self.sipcall_start('-n', number, '-f', '+442071838750', '-t', str(hold), '-G', '30000', *more)
        return self.ends(self.sipcall_end(p, 60), 'uac')[0]

    def record(self, where):
        self.assertEqual(self.gw.wait_idle(30), [])
        return self.last_record(where)

    def steps(self, r):
        return [s['what'] for s in self.gw.ladder(r['call'])['steps'] if s.get('proto') == 'FXO']

    def test_out_exchange_clears(self):
        """Ring is grounded, tip answers, dial tone comes; tip opened ends the call."""
        end = self.call('902079460110', 60000)
        self.assertEqual((end['status'], end['remote_bye']), (200, True), end)
        r = self.record("out_trunk = 'copper'")
        self.assertEqual((r['answered_how'], r['cleared_how'], r['cause']), ('speech', 'battery', 16), r)
        self.assertEqual(self.record("in_trunk = 'phones'")['in_called'], '+442079460110')
        what = self.steps(r)
        self.assertLess(what.index('seized'), what.index('tip ground'), what)
        self.assertLess(what.index('tip ground'), what.index('dial tone'), what)

    def test_out_we_clear(self):
        """The exchange hears of it by the loop."""
        end = self.call('902079460113', 4000)
        self.assertEqual((end['status'], end['remote_bye']), (200, False), end)
        r = self.record("in_trunk = 'phones'")
        self.assertEqual((r['in_called'], r['cause']), ('+442079460113', 16), r)

    def test_in_answered_and_cleared(self):
        """The exchange rings; it is answered; the exchange clears."""
        end = self.call('+442079460501', 2000)
        self.assertEqual((end['status'], end['remote_bye']), (200, False), end)
        r = self.record("in_trunk = 'copper'")
        self.assertEqual((r['in_calling'], r['cleared_how'], r['cause']), ('+442071838750', 'battery', 16), r)

    def test_in_given_up(self):
        """A caller who gives up is known at once: no waiting for a ring that does not come."""
        p = self.sipcall_start('-n', '+442079460502', '-f', '+442071838750', '-C', '9000')
        self.wait_line('copper/2', 'ringing')
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 2, 10))
        self.sipcall_end(p, 30)
        r = self.record("in_trunk = 'copper'")
        self.assertEqual((r['in_called'], r['cleared_how']), ('+442079460602', 'ring'), r)
        rung = self.record("in_trunk = 'office'")
        self.assertLess(r['end_ms'] - rung['end_ms'], 3000, (r, rung))      # by the silence it would be 6 s and more
