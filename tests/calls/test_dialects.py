# SPDX-License-Identifier: GPL-2.0-or-later
"""ISDN dialects in whole calls: out and in at either side, and causes both ways. The simulated card has a few
dialects; the real driver has every one of its spans (EveryDialect in tests/dahdi/test_e1.py and test_t1.py)."""
import os

import bed

E1 = {'euroisdn': '', 'qsig': ''}	# dialect: keys beside it in isdn:
T1 = {'ni1': '', 'ni2': '', 'dms100': '', '4ess': ', nsf: megacom', '5ess': '', 'euroisdn': '', 'qsig': ''}

# Called number, by the trunk that it comes in on: what its end does.
ROWS = {'100': ('test/milliwatt', 'answered', 16), '101': ('reject:1', 'failed', 1), '117': ('reject:17', 'busy', 17),
        '121': ('reject:21', 'rejected', 21), '134': ('reject:34', 'failed', 34), '138': ('reject:38', 'failed', 38)}


class Dialects:
    """A gateway that has both ends: telco is the user side of the line, exchange the network side."""
    autostart, limit = False, 240

    def prefix(self):
        return '+1212555' if self.span['country'] == '1' else '+4420794'

    def number(self, row):
        return self.prefix() + '60'[:1 if self.span['country'] == '1' else 2] + row

    def rows(self):
        rows = ''.join('%s  %s\n' % (self.number(n), ROWS[n][0]) for n in ROWS)
        return '[telco]\n%s[exchange]\n%s' % (rows, rows)

    def calls(self, dialect):
        for caller in ('telco', 'exchange'):
            for row, (_, result, cause) in ROWS.items():
                r = self.gw.cli_json_any('call', caller, self.number(row), '--seconds', '1')
                self.assertEqual((r.get('cause'), r['result'] == 'answered'), (cause, result == 'answered'), (dialect, caller, r))
            self.assertEqual(self.gw.wait_idle(), [])
        legs = self.gw.records("in_trunk IN ('telco', 'exchange')")
        want = [cause for _, _, cause in ROWS.values()]
        for trunk in ('exchange', 'telco'):	# the called end: the user's calls come in at the exchange
            self.assertEqual([r['cause'] for r in legs if r['in_trunk'] == trunk], want, dialect)

    def each(self, dialects):
        folder = self.folder
        for dialect, more in dialects.items():
            with self.subTest(dialect=dialect):
                self.folder = os.path.join(folder, dialect)
                self.gw = self.make_gateway(span=dict(self.span, dialect=dialect + more), dids=self.rows())
                self.gw.start()
                self.calls(dialect)
                self.assertEqual(self.gw.stop(), 0, self.gw.tail())


class OnE1(Dialects, bed.CallTest):
    def test_qsig(self):
        self.each({'qsig': ''})


class OnT1(Dialects, bed.CallTest):
    span = bed.T1

    def test_4ess_and_dms100(self):
        self.each({d: T1[d] for d in ('4ess', 'dms100')})


class OnJ1(Dialects, bed.CallTest):
    span = dict(bed.T1, type='j1')

    def test_euroisdn(self):
        self.each({'euroisdn': ''})
