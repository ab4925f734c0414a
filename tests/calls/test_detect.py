# SPDX-License-Identifier: GPL-2.0-or-later
"""`tipring detect`: a first configuration of what the card has, which passes its own check. The same on the real driver,
where DAHDI's own tool takes it too: tests/dahdi."""
import os
import subprocess
import unittest

import bed

CARD = """\
site: {country: 44, area: 20}
card: sim
sim: {spans: {1: e1, 2: t1, 3: {fxs: 4, fxo: 2}, 4: j1}, wires: [2-4]}
sip: {listen: ["127.0.0.1:5060"]}
trunks:
  office: {sip: {peer: "127.0.0.1:5070"}}
"""
# What must be in which file, whatever stands around it.
WANT = {'system.conf': ['span=1,1,0,ccs,hdb3,crc4', 'bchan=1-15,17-31', 'dchan=16', 'alaw=1-31', 'span=2,2,0,esf,b8zs',
                        'bchan=32-54', 'dchan=55', 'mulaw=32-55', 'fxoks=56-59', 'fxsks=60-61', 'span=4,3,0,esf,b8zs',
                        'dchan=85', 'echocanceller=oslec,1-15,17-31', 'loadzone=uk', 'defaultzone=uk'],
        'trunks.yaml': ['site: {country: 44, area: 20}', 'card: dahdi', '  line1:', '      spans: [1]', '  line4:',
                        '      lines: [56-59]', '      lines: [60-61]'],
        'dids': ['[office]', '[line2]', '[phones]', '[copper]']}


def tipring(*args):
    return subprocess.run([os.path.join(bed.BUILD, 'tipring'), *args], capture_output=True, text=True, timeout=60, check=False)


def lines(path):
    with open(path, encoding='utf-8') as f:
        return f.read().splitlines()


class Simulated(unittest.TestCase):
    def setUp(self):
        # pylint: disable=consider-using-with
        folder = bed.tempfile.TemporaryDirectory(prefix='tipring-detect-')
        self.addCleanup(folder.cleanup)
        self.card, self.out = os.path.join(folder.name, 'card'), os.path.join(folder.name, 'out')
        os.mkdir(self.card)
        for name, text in (('trunks.yaml', CARD), ('dids', '[office]\n')):
            with open(os.path.join(self.card, name), 'w', encoding='utf-8') as f:
                f.write(text)

    def test_files(self):
        p = tipring('detect', '--country', '44', '--area', '20', '-o', self.out, self.card)
        self.assertEqual((p.returncode, p.stderr), (0, ''))
        for name, want in WANT.items():
            have = lines(os.path.join(self.out, name))
            self.assertEqual([w for w in want if not any(x.split('  #')[0].rstrip() == w for x in have)], [], name)
        p = tipring('check', self.out)
        self.assertEqual((p.returncode, p.stdout), (0, '6 trunks, 0 rows, 0 expectations: OK\n'))
        printed = tipring('detect', '--country', '44', '--area', '20', self.card).stdout
        for name in WANT:
            self.assertIn('\n'.join(lines(os.path.join(self.out, name))), printed)

    def test_nothing_is_written_over(self):
        os.mkdir(self.out)
        path = os.path.join(self.out, 'dids')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('mine\n')
        p = tipring('detect', '--country', '44', '-o', self.out, self.card)
        self.assertEqual(p.returncode, 1)
        self.assertIn('%s is there already; nothing was written' % path, p.stderr)
        self.assertEqual((os.listdir(self.out), lines(path)), (['dids'], ['mine']))

    def test_countries(self):
        for country, words in (('1', ['      dialect: ni2', 'loadzone=us', 'mulaw=56-59']),
                               ('81', ['      dialect: euroisdn', 'loadzone=jp', 'mulaw=56-59']),
                               ('352', ['# DAHDI has no tones of this country. Tipring makes its own, so any zone will do.'])):
            have = [x.split('  #')[0].rstrip() for x in tipring('detect', '--country', country, self.card).stdout.splitlines()]
            self.assertEqual([w for w in words if w not in have], [], country)

    def test_wrong_use(self):
        for args in ((), ('--country', '+44'), ('--country', '44', '--area', 'x')):
            p = tipring('detect', *args, self.card)
            self.assertEqual(p.returncode, 2, args)
            self.assertIn('--country 44 --area 20', p.stderr)
        self.assertEqual(tipring('check', '--area', '20').returncode, 2)


class OnDahdi:
    """In the virtual machine, beside a gateway that has the card; then DAHDI's tool applies what was written."""
    country, want, spans, trunks = '44', [], {}, 3

    def test_detect(self):
        out = os.path.join(self.folder, 'out')
        path = os.path.join(out, 'system.conf')
        p = tipring('detect', '--country', self.country, '-o', out)
        self.assertEqual((p.returncode, p.stderr), (0, ''))
        self.assertEqual(self.gw.wait_idle(), [])	# the gateway has its lines still
        have = lines(path)
        print('\n'.join(have))
        self.assertEqual([w for w in self.want if w not in have], [])
        p = tipring('check', out)
        self.assertEqual((p.returncode, p.stdout), (0, '%d trunks, 0 rows, 0 expectations: OK\n' % self.trunks))
        p = subprocess.run(['dahdi_cfg', '-t', '-vv', '-c', path], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)
        self.assertEqual(self.gw.stop(), 0)
        for span, chans in self.spans.items():
            p = subprocess.run(['dahdi_cfg', '-S', span, '-C', chans, '-c', path], capture_output=True, text=True,
                               timeout=60, check=False)
            self.assertEqual(p.returncode, 0, p.stdout + p.stderr)
        self.gw.start()
