# SPDX-License-Identifier: GPL-2.0-or-later
"""Telephones on FXS ports, as a person uses them: call each other, a SIP system, the test lines."""
import struct
import subprocess
import wave

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

    def test_a_line_is_recorded(self):
        """Both directions of a telephone's line: what the person says on the left, what is heard on the right."""
        self.dial(4, '02079460108')
        self.wait_line('phones/4', 'up')
        self.phone(4, 'play', self.wav('tone.wav', 6, 'sine', '1500', 'gain', '-10'))
        wav = self.folder + '/both.wav'
        self.gw.cli('line', 'phones/4', 'record', '3', wav)
        subprocess.run(['sox', wav, '-e', 'signed', '-b', '16', wav + '.wav'], check=True)     # it is in the line's own law
        with wave.open(wav + '.wav') as f:
            self.assertEqual((f.getnchannels(), f.getframerate()), (2, 8000))
            f.setpos(8000)
            both = struct.unpack('<16000h', f.readframes(8000))
        for side in (both[0::2], both[1::2]):      # the echo line gives it back: the same tone on both sides
            self.assertGreater(lines.share_of(side, 1500), 0.9)
        self.assertNotEqual(self.gw.cli('line', 'phones/4', 'record', '1', wav, check=False)[0], 0, 'it exists already')
        self.phone(4, 'on')
        self.assertEqual(self.gw.wait_idle(), [])
