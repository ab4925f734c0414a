# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls, one after the other: none fails, and nothing grows. TIPRING_SOAK=2000 makes it the long one."""
import os

import bed

CALLS = int(os.environ.get('TIPRING_SOAK', '200'))


class Soak(bed.CallTest):
    limit = 120 + CALLS // 8

    def figures(self):
        pid = self.gw.proc.pid
        status = self.gw.ctl('status')
        return {'calls': status['calls']['total'] // 2, 'rss_kib': status['memory']['resident'] // 1024,
                'in_use_kib': status['memory']['in_use'] // 1024, 'fds': len(os.listdir('/proc/%d/fd' % pid)),
                'threads': len(os.listdir('/proc/%d/task' % pid))}

    def run_calls(self, warm, n, rate):
        """WARM and then N calls are made; the figures at each twentieth of the N."""
        p = self.sipcall_start('-c', warm + n, '-R', rate, '-t', 600, '-x', 28, '-a', 'quiet')
        curve = []
        while p.proc.poll() is None and len(curve) < 20:
            now = self.figures()
            if now['calls'] >= warm + (len(curve) + 1) * n // 20 - (60 if len(curve) == 19 else 0):
                curve.append(now)
            bed.time.sleep(0.1)
        self.assert_all_answered(self.sipcall_end(p, 120), warm + n)
        return curve

    def test_twenty_calls_a_second(self):
        rate = 8 if bed.SLOW and CALLS < 2000 else 20
        # A SIP transaction is kept for 32 s after its end (RFC 3261 17.1.1.2, 17.2.1), 640 calls' worth here: so many
        # come before the counted ones, or their store would fill while we count.
        warm = 700 if CALLS >= 2000 else 0
        curve = self.run_calls(warm, CALLS, rate)
        self.assertEqual(self.gw.wait_idle(), [])
        records = self.gw.records()
        self.assertEqual(len(records), 2 * (CALLS + warm))
        self.assertEqual({x['cause'] for x in records}, {16})
        self.assertEqual(self.gw.ctl('status')['records']['lost'], 0)
        quarter, end = curve[4], curve[-1]
        said = '%d calls at %d a second after %d others: %s; %s; KiB resident at each twentieth: %s\n' % (
            CALLS, rate, warm, quarter, end, [x['rss_kib'] for x in curve])
        print(said)
        with open(os.path.join(bed.BUILD, 'soak.txt'), 'w', encoding='ascii') as f:
            f.write(said)
        if CALLS >= 2000:
            # So many calls are up at either moment, give or take a few.
            self.assertAlmostEqual(end['fds'], quarter['fds'], delta=8)
            # No growth: less than 128 octets a call. (A sanitizer keeps what is freed: it finds the leaks itself, at
            # the end.)
            if not bed.SLOW:
                most = (end['calls'] - quarter['calls']) * 128 // 1024
                self.assertLessEqual(end['rss_kib'] - quarter['rss_kib'], most)
                self.assertLessEqual(end['in_use_kib'] - quarter['in_use_kib'], most)
        self.assertEqual(end['threads'], quarter['threads'])
