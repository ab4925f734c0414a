# SPDX-License-Identifier: GPL-2.0-or-later
"""Analog lines over two robbed-bit spans of the real DAHDI driver: four ports for telephones, wired to four that are
telephones to an exchange. Runs in the virtual machine."""
import os
import subprocess

import bed


class Driver(bed.unittest.TestCase):
    limit = 300

    def test_hw_interface(self):
        """The test that the simulated card's analog ports pass too."""
        p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/hw_dahdi_test'), '-a', '1', '5'], capture_output=True,
                           text=True, timeout=280, check=False)
        self.assertEqual(p.returncode, 0, p.stdout[-3000:] + p.stderr[-3000:])
