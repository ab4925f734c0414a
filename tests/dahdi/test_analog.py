# SPDX-License-Identifier: GPL-2.0-or-later
"""Analog lines over two robbed-bit spans of the real DAHDI driver: 24 ports for telephones, wired to 24 that are
telephones to an exchange. Runs in the virtual machine."""
import os
import subprocess

import bed


class Driver(bed.unittest.TestCase):
    def test_hw_interface(self):
        """The test that the simulated card's analog ports pass too, on the first pair and on the last."""
        for fxs in (1, 24):
            p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/hw_dahdi_test'), '-a', str(fxs), str(fxs + 24)],
                               capture_output=True, text=True, timeout=200, check=False)
            self.assertEqual(p.returncode, 0, p.stdout[-3000:] + p.stderr[-3000:])
            print(p.stdout)
