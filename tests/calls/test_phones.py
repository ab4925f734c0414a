# SPDX-License-Identifier: GPL-2.0-or-later
"""Telephones on FXS ports, as a person uses them: call each other, a SIP system, the test lines."""
import lines


class Phones(lines.LinesTest):
    def test_one_calls_the_other(self):
        self.dial(1, '02079460502')
        self.hears(1, 'tone ringback', 20)
        self.hears(2, 'caller ID 02079460501')
        self.hears(2, 'ring')
        self.phone(2, 'off')
        self.hears(1, 'tone ends')
        self.wait_line('phones/1', 'up')
        self.phone(1, 'play', self.wav('hello.wav', 4))
        self.hears(2, 'speech')
        self.phone(2, 'play', self.wav('answer.wav', 4))
        self.hears(1, 'speech')
        self.phone(2, 'on')
        self.phone(1, 'on')
        self.assertEqual(self.gw.wait_idle(), [])
        r = self.last_record()
        self.assertEqual((r['cause'], r['in_trunk'], r['out_trunk'], r['in_calling'], r['out_called']),
                         (16, 'phones', 'phones', '+442079460501', '+442079460502'), r)

    def test_busy_and_nobody(self):
        for number, tone in (('02079460486', 'busy'), ('02079460999', 'congestion')):
            self.dial(1, number)
            self.hears(1, 'tone ' + tone, 15)
            self.phone(1, 'on')
            self.wait_line('phones/1', 'idle')

    def test_a_sip_system_calls_a_telephone(self):
        p = self.sipcall_start('-n', '+442079460503', '-f', '+442071838750', '-t', 3000, '-a', 'quiet')
        self.hears(3, 'caller ID 02071838750', 15)
        self.hears(3, 'ring')
        self.phone(3, 'off')
        self.assert_all_answered(self.sipcall_end(p), 1)
        self.hears(3, 'tone busy', 15)      # the far end has gone
        self.phone(3, 'on')
        self.assertEqual(self.gw.wait_idle(), [])
