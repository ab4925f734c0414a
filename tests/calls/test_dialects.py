# SPDX-License-Identifier: GPL-2.0-or-later
"""ISDN dialects: a call in, a call out and causes both ways for each. One test serves the simulated card (a few
dialects) and the real driver (every dialect of the span: tests/dahdi/test_e1.py and test_t1.py)."""
import bed

# dialect: keys beside it in isdn:
E1 = {'euroisdn': '', 'qsig': ''}
T1 = {'ni1': '', 'ni2': '', 'dms100': '', '4ess': ', nsf: megacom', '5ess': '', 'euroisdn': '', 'qsig': ''}


def turned(trunks):
    """The same trunks with the sides changed over: telco is the network then."""
    return trunks.replace('side: user', 'side: x').replace('side: network', 'side: user').replace('side: x', 'side: network')


class Dialects(bed.CallTest):
    """What every dialect must do; a suite says which span, and which dialects."""
    __test__ = False
    dialects = {}
    autostart = False

    def exchange(self, called, cause, back):
        """A SIP call through both spans; the far end refuses with CAUSE."""
        r = self.sipcall('-n', called, '-c', 1, '-m', 1)
        e = self.ends(r, 'uac')[0]
        self.assertEqual(e['status'], back, (called, e))
        self.assertIn('cause=%d' % cause, e.get('reason', ''), (called, e))

    def one(self, number):
        for trunk, want in (('telco', 'test/milliwatt'), ('exchange', 'test/echo')):
            r = self.gw.cli_json('call', trunk, number[want], '--seconds', '1')
            self.assertEqual(r['result'], 'answered', r)
        self.exchange(number['38'], 38, 503)
        self.exchange(number['17'], 17, 486)
        self.assertEqual(self.gw.busy_lines(), [])

    def all(self):
        us = self.span['country'] == '1'
        number = ({'test/milliwatt': '+12125550100', 'test/echo': '+12125553108', '38': '+12125556138',
                   '17': '+12125556117'} if us else
                  {'test/milliwatt': '+442079460100', 'test/echo': '+442071838108', '38': '+442079461138',
                   '17': '+442079461200'})
        dids = ('[office]\n%s* telco\n[exchange]\n%s test/milliwatt\n%s reject:38\n%s reject:17\n[telco]\n%s test/echo\n' %
                ('+1' if us else '+44', number['test/milliwatt'], number['38'], number['17'], number['test/echo']))
        for dialect, more in self.dialects.items():
            for side in ('user', 'network'):
                with self.subTest(dialect=dialect, side=side):
                    self.gw.write('dids', dids)
                    text = self.gw.trunks_text(dialect + more)
                    self.gw.write('trunks.yaml', text if side == 'user' else turned(text))
                    self.gw.start()
                    self.one(number)
                    self.assertEqual(self.gw.stop(), 0, self.gw.tail())
