# SPDX-License-Identifier: GPL-2.0-or-later
"""FXO lines and the worst exchange there is: our own FXS ports play it, with no reversal of polarity and no battery drop. How a
call is noticed to be answered, and to be over, is all in what is heard."""
import subprocess
import time

import bed
import lines

DIDS = """\
[office]
9*                    copper/{{from:2}}
+44207946050[1-4]     phones

[phones]
+44207946010x         office/{{last:3}}
+442079460110         test/play:{folder}/talk.wav
+442079460111         test/play:{folder}/dial.wav
+442079460112         test/quiet
+442079460113         test/milliwatt
+442079460114         test/busy
+44207946050[1-4]     phones

[copper]
+442079460602         office/{{last:4}}
"""


class Exchange(lines.LinesTest):
    """SIP calls out by copper/1; the exchange across it is phones/1."""
    answer, clear, more_fxo = 'speech, timer', 'battery, polarity, tone, dialtone, idle', ''
    hold = 60000

    def make_gateway(self, **kw):
        self.fxo = ', answer: [%s], clear: [%s]%s' % (self.answer, self.clear, self.more_fxo)
        self.lines_dids = DIDS.format(folder=self.folder)
        talk = self.wav('talk.wav', 2)
        # Somebody speaks, and is gone; the exchange gives dial tone and nothing else.
        dial = self.wav('tone.wav', 20, 'sine', '350', 'synth', 'sine', 'mix', '440', 'gain', '-12')
        subprocess.run(['sox', talk, dial, self.folder + '/dial.wav'], check=True)
        return super().make_gateway(**kw)

    def call(self, number, *more):
        return self.sipcall_start('-n', number, '-f', '+442071838750', '-t', str(self.hold), '-G', '30000', *more)

    def ended(self, p, seconds=60):
        """The record of the call by copper, when the exchange's end of it has ended it."""
        end = self.ends(self.sipcall_end(p, seconds), 'uac')[0]
        self.assertEqual(end['status'], 200, end)
        self.assertTrue(end['remote_bye'], end)
        self.assertEqual(self.gw.wait_idle(30), [])
        return self.last_record("out_trunk = 'copper'")

    def how(self, r):
        return r['answered_how'], r['cleared_how'], r['cause']


class Tone(Exchange):
    def test_cleared_by_tone(self):
        r = self.ended(self.call('902079460110'))
        self.assertEqual(self.how(r), ('speech', 'tone', 16), r)


class DialTone(Exchange):
    clear = 'battery, dialtone'

    def test_cleared_by_returning_dial_tone(self):
        r = self.ended(self.call('902079460111'))
        self.assertEqual(self.how(r), ('speech', 'dialtone', 16), r)


class Idle(Exchange):
    answer, clear, more_fxo = 'timer', 'battery, tone, dialtone, idle', ', answer-timer: 1s, idle: 6s'

    def test_cleared_by_idle_rtp(self):
        r = self.ended(self.call('902079460112', '-a', 'none'))
        self.assertEqual(self.how(r), ('timer', 'idle', 16), r)


class Ceiling(Exchange):
    answer, clear, more_fxo = 'timer', 'battery', ', answer-timer: 1s, ceiling: 15s'

    def test_never_held_longer_than_its_ceiling(self):
        r = self.ended(self.call('902079460113'))
        self.assertEqual(self.how(r), ('timer', 'ceiling', 102), r)
        self.assertLess(r['end_ms'] - r['start_ms'], 20000, r)


class Refused(Exchange):
    def test_busy_tone_before_answer(self):
        end = self.ends(self.sipcall_end(self.call('902079460114')), 'uac')[0]
        self.assertEqual(end['status'], 486, end)
        self.assertEqual(self.gw.wait_idle(30), [])
        r = self.last_record("out_trunk = 'copper'")
        self.assertEqual((r['cause'], r['cleared_how']), (17, 'tone'), r)


class Polarity(Exchange):
    fxs, answer = ', polarity-answer: true', 'polarity, timer'

    def test_answered_and_cleared_by_polarity(self):
        r = self.ended(self.call('902079460110'))
        self.assertEqual(self.how(r), ('polarity', 'polarity', 16), r)


class Battery(Exchange):
    fxs = ', disconnect: 500ms'

    def test_cleared_by_battery_drop(self):
        r = self.ended(self.call('902079460110'))
        self.assertEqual(self.how(r), ('speech', 'battery', 16), r)


class Pulse(Exchange):
    fxs = ', flash-min: 200ms, flash-max: 800ms'     # the United Kingdom's recall of 50 ms is as short as a pulse
    more_fxo = ', dial: pulse, prefix: "0"'

    def test_dialled_by_pulses(self):
        r = self.ended(self.call('92079460110'))
        self.assertEqual(self.how(r), ('speech', 'tone', 16), r)
        self.assertEqual(self.last_record("in_trunk = 'phones'")['in_called'], '+442079460110')


class RingbackStops(Exchange):
    answer = 'polarity, ringback'

    def test_answered_when_ringback_stops(self):
        p = self.call('902079460503')       # phones/3, lifted after some rings by who says nothing
        self.hears(3, 'ring', 20)
        time.sleep(8)
        self.phone(3, 'off')
        self.assertTrue(bed.wait_for(lambda: self.line('copper/1')['state'] == 'up', 15), self.gw.ctl('lines'))
        self.phone(3, 'on')
        r = self.ended(p)
        self.assertEqual(self.how(r), ('ringback', 'tone', 16), r)


class InUse(Exchange):
    def test_a_telephone_beside_us_has_the_line(self):
        self.phone(1, 'off')
        self.phone(1, 'dial', '02079460112')
        self.wait_line('phones/1', 'up')
        p = self.call('902079460110')
        self.wait_line('copper/2', 'up', 20)
        self.phone(1, 'on')
        r = self.ended(p)
        self.assertEqual((r['out_line'], *self.how(r)), ('1/6', 'speech', 'tone', 16), r)


class In(Exchange):
    """The exchange rings copper/2: SIP calls phones/2."""

    def ring(self, *more):
        return self.sipcall_start('-n', '02079460502', '-f', '+442071838750', *more)

    def test_caller_id_comes_through(self):
        p = self.ring('-t', '3000', '-g', '500')
        report = self.sipcall_end(p, 60)
        self.assertEqual(report['answered'], 1, report)
        self.assertEqual(self.gw.wait_idle(30), [])
        r = self.last_record("in_trunk = 'copper'")
        self.assertEqual((r['in_calling'], r['in_called'], r['out_trunk'], r['cleared_how']),
                         ('+442071838750', '+442079460602', 'office', 'tone'), r)

    def test_the_caller_gives_up(self):
        p = self.ring('-C', '6000', '-g', '60000')
        self.sipcall_end(p, 60)
        self.assertEqual(self.gw.wait_idle(30), [])
        r = self.last_record("in_trunk = 'copper'")
        self.assertEqual((r['cause'], r['why'], r['answered'], r['cleared_how']),
                         (16, 'the calling side gave up', None, 'ring'), r)


class TwoStage(Exchange):
    more_fxo = ', two-stage: true'

    def make_gateway(self, **kw):
        gw = super().make_gateway(**kw)
        gw.write('dids', self.lines_dids + '700 test/play:%s/talk.wav\n' % self.folder)
        return gw

    def test_dial_tone_and_digits(self):
        """A telephone calls the line, hears dial tone, dials on and hears what it asked for."""
        self.dial(1, '02079460502')
        self.hears(1, 'tone dial', 20)
        self.phone(1, 'dial', '700#')
        self.hears(1, 'speech', 20)
        self.hears(1, 'tone busy', 20)
        self.phone(1, 'on')
        self.assertEqual(self.gw.wait_idle(30), [])
        r = self.last_record("in_trunk = 'copper'")
        self.assertEqual((r['in_called'], r['cause']), ('700', 16), r)
