# SPDX-License-Identifier: GPL-2.0-or-later
"""`tipring timers`, and timers that change at a reload under a call."""
import bed


class Timers(bed.CallTest):
    def values(self, trunk):
        return {t['name']: t['value'] for t in self.gw.cli_json('timers', trunk)['timers']}

    def test_listed_and_reloaded(self):
        was = self.values('telco')
        self.assertEqual((was['T203'], was['N200'], was['T316']), (10000, 3, 20000))
        self.assertEqual(len(self.gw.cli_json('timers')['timers']), 2 * len(was))
        p = self.sipcall_start('-c', 1, '-t', 2000)
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 2, 10))
        with open(self.gw.conf + '/trunks.yaml', encoding='utf-8') as f:
            text = f.read()
        self.gw.write('trunks.yaml', text.replace('side: user', 'side: user, timers: {T203: 5s, N316: 4, T310: 1s, T-HOLD: 2s}'))
        _, out, _ = self.gw.cli('reload')
        for line in ('trunks.telco.isdn.timers.T203: 10s -> 5s', 'trunks.telco.isdn.timers.N316: 2 -> 4', 'trunks.telco.isdn.timers.T-HOLD: 4s -> 2s'):
            self.assertIn(line, out)
        self.assertEqual(self.values('telco'), dict(was, T203=5000, N316=4, T310=1000, **{'T-HOLD': 2000}))
        self.assertEqual(self.values('exchange'), was)
        _, out, _ = self.gw.cli('timers', 'telco')
        row = [x.split() for x in out.splitlines() if x.split()[1] == 'T203'][0]
        self.assertEqual(row[:7], ['telco', 'T203', '5s', '10s', '1s', 'to', '5m'])
        self.assert_all_answered(self.sipcall_end(p), 1)
        for name in ('office', 'nobody'):
            status, _, err = self.gw.cli('timers', name, check=False)
            self.assertEqual((status, name in err), (1, True), err)
