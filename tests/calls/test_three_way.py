# SPDX-License-Identifier: GPL-2.0-or-later
"""Three telephones in one call, each with a tone of its own: each hears the two others, and not itself come back."""
import threading

import audio
import lines

HZ = {1: 500, 2: 700, 3: 1100}


class ThreeWay(lines.LinesTest):
    def test_everybody_hears_the_others(self):
        for port, number in ((2, '02079460502'), (3, '02079460503')):
            if port == 2:
                self.dial(1, number)
            else:
                self.phone(1, 'flash')
                self.hears(1, 'tone dial')
                self.phone(1, 'dial', number)
            self.hears(port, 'ring', 20)
            self.phone(port, 'off')
            self.wait_line('phones/%d' % port, 'up')
        self.phone(1, 'flash')
        self.wait_line('phones/1', 'three-way')
        for port, hz in HZ.items():
            self.phone(port, 'play', self.wav('%d.wav' % hz, 30, 'sine', str(hz), 'gain', '-12'))
        heard = {}
        threads = [threading.Thread(target=self.listen, args=(port, heard)) for port in HZ]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for port in HZ:
            for other, hz in HZ.items():
                level = audio.level(heard[port], hz)
                if other == port:
                    self.assertLess(level, -45, 'phone %d hears itself' % port)
                else:
                    self.assertGreater(level, -20, 'phone %d does not hear phone %d' % (port, other))
        for port in HZ:
            self.phone(port, 'on')
        self.assertEqual(self.gw.wait_idle(), [])

    def listen(self, port, heard):
        path = '%s/heard%d.wav' % (self.folder, port)
        self.phone(port, 'record', path, 3)
        heard[port] = audio.left_of(path)
