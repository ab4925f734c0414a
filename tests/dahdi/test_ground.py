# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground start over two robbed-bit spans of the real DAHDI driver: the exchange's ends of four lines, and those of a PBX. Runs in the
virtual machine."""
import os
import subprocess
import tempfile

import bed
import test_analog


class Driver(bed.unittest.TestCase):
    limit = 300

    def test_hw_interface(self):
        """The test that the simulated card's ports of ground start pass too."""
        p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/hw_dahdi_test'), '-g', '1', '5'], capture_output=True,
                           text=True, timeout=280, check=False)
        self.assertEqual(p.returncode, 0, p.stdout[-3000:] + p.stderr[-3000:])


class Legs(test_analog.Legs):
    start = 'ground'


class Ground(test_analog.Lines):
    """The calls of kewl start, with the other signals; and tip ground before anything is dialled."""
    fxs, fxo = ', start: ground', ', start: ground'

    test_busy = None

    def test_calls_out_by_tones(self):
        super().test_calls_out_by_tones()
        what = [s['what'] for s in self.gw.ladder(self.record("out_trunk = 'copper'")['call'])['steps']
                if s.get('proto') == 'FXO']
        self.assertLess(what.index('seized'), what.index('tip ground'), what)
        self.assertLess(what.index('tip ground'), what.index('dial tone'), what)


class Refused(bed.unittest.TestCase):
    limit = 60

    def test_other_start(self):
        """A trunk that asks for what the card does not have is not begun with, and the log says what the card has."""
        trunks = test_analog.TRUNKS.format(sip=bed.SIP_PORT, peer=bed.PEER_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST,
                                           fxs='', fxo=', start: kewl')
        with tempfile.TemporaryDirectory() as folder:
            gw = bed.Gateway(folder, trunks=trunks, dids='[office]\n9*  copper\n')
            gw.launch()
            self.assertNotEqual(gw.proc.wait(30), 0)
            self.assertIn('copper: start: kewl, but the card has channel 5 as ground start (fxsgs=; kewl start is fxsks=)',
                          gw.tail())
            gw.kill()
