# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls over four telephones and four exchange lines that are wired together, by people who change their mind: calls in and out,
hung up at any moment, flashes, both ends of a pair seized at once, calls that nobody answers. TIPRING_LINES_SOAK=500 makes
it the long one."""
import collections
import os
import random
import threading
import time

import bed
import lines

CALLS = int(os.environ.get('TIPRING_LINES_SOAK', '16'))

DIDS = """\
[phones]
+44207946050[1-4]     phones
+442079460108         test/echo
+442079460486         test/busy
9*                    copper/{from:2}

[office]
+44207946050[1-4]     phones
9*                    copper/{from:2}

[copper]
+44207946060[24]      test/echo
"""


class Person(threading.Thread):
    """At one telephone: lifts it, dials or answers, plays with the hook, hangs up, again and again."""

    def __init__(self, test, port, until, seed):
        super().__init__(daemon=True)
        self.test, self.port, self.until, self.dice = test, port, until, random.Random(seed)
        self.failed = None

    def act(self, act, arg=None):
        try:
            self.test.phone(self.port, act, arg)
        except RuntimeError:
            pass        # hung up already, rung meanwhile: a telephone does not mind

    def spell(self):
        d = self.dice
        state = self.test.phone(self.port, 'status')
        if state['ringing'] and d.random() < 0.3:
            return              # lets it ring
        self.act('off')
        time.sleep(d.uniform(0.1, 2.5))
        if not state['ringing'] and d.random() < 0.85:
            number = d.choice(['02079460%03d' % n for n in (501, 502, 503, 504, 108, 486)] + ['902079460504', '9020', '0'])
            self.act('dial', number)
            time.sleep(d.uniform(0.5, 12))
        for _ in range(d.choice((0, 0, 0, 1, 2))):
            self.act('flash')
            time.sleep(d.uniform(0.3, 2))
        time.sleep(d.uniform(0, 4))
        self.act('on')

    def run(self):
        try:
            while not self.until():
                self.spell()
                time.sleep(self.dice.uniform(0.2, 3))
        except Exception as e:  # pylint: disable=broad-except
            self.failed = e
        self.act('on')


class Lines(lines.LinesTest):
    lines_dids = DIDS
    fxs, fxo = ', disconnect: 500ms', ', ceiling: 60s, no-answer: 20s, idle: 5s'
    limit = 150 + CALLS * 5

    def test_people_who_change_their_mind(self):
        def ended():
            return self.gw.ctl('status')['calls']['total'] >= CALLS
        people = [Person(self, port, ended, seed=port) for port in (1, 2, 3, 4)]
        for p in people:
            p.start()
        dice = random.Random(99)
        while not ended():
            # One in four is cancelled soon, before or after the answer.
            number = dice.choice(['+44207946050%d' % n for n in (1, 2, 3, 4)] + ['902079460%03d' % n for n in (501, 502, 503, 504)])
            p = self.sipcall_start('-n', number, '-t', dice.randrange(200, 6000), '-C', dice.choice((900, 4000, 15000)),
                                   '-G', 40000, '-a', 'quiet')
            p.wait(60)
            time.sleep(dice.uniform(0.2, 3))
        for p in people:
            p.join(60)
            self.assertIsNone(p.failed)
        self.assertEqual(self.gw.wait_idle(90), [])
        self.assertTrue(bed.wait_for(lambda: all(not self.phone(n, 'status')['off_hook'] for n in (1, 2, 3, 4)), 5))
        records = self.gw.records()
        self.assertGreaterEqual(len(records), CALLS)
        self.assertEqual(len(records), self.gw.ctl('status')['calls']['total'])
        self.assertEqual([r['call'] for r in records if not r['cause'] or not r['why']], [], 'calls without a reason')
        self.assertEqual([r for r in records if r['cause'] in (41, 102) and r['cleared_how'] != 'ceiling'], [],
                         'calls that ended by a fault')
        how = collections.Counter((r['in_trunk'], r['out_trunk'] or '-', r['cause'], r['answered_how'], r['cleared_how']) for r in records)
        said = '%d calls over eight ports: %s\n' % (len(records), '; '.join('%d %s' % (n, ' '.join(map(str, k)))
                                                                         for k, n in how.most_common()))
        print(said)
        with open(os.path.join(bed.BUILD, 'lines.txt'), 'w', encoding='ascii') as f:
            f.write(said)
