# SPDX-License-Identifier: GPL-2.0-or-later
"""Many calls, one after the other: none fails, and nothing grows. TIPRING_SOAK=2000 makes it the long one."""
import os

import bed

CALLS = int(os.environ.get('TIPRING_SOAK', '200'))


class Soak(bed.CallTest):
    limit = 60 + CALLS // 8

    def figures(self):
        pid = self.gw.proc.pid
        with open('/proc/%d/status' % pid, encoding='ascii') as f:
            rss = int([x for x in f if x.startswith('VmRSS')][0].split()[1])
        return {'rss_kib': rss, 'fds': len(os.listdir('/proc/%d/fd' % pid)),
                'threads': len(os.listdir('/proc/%d/task' % pid))}

    def test_twenty_calls_a_second(self):
        rate = 8 if bed.SLOW and CALLS < 2000 else 20
        p = self.sipcall_start('-c', CALLS, '-R', rate, '-t', 600, '-x', 28, '-a', 'quiet')
        seen, curve = {}, []
        quarter = CALLS // 4
        while p.proc.poll() is None:
            total = self.gw.ctl('status')['calls']['total'] // 2
            if total >= (len(curve) + 1) * CALLS // 20:
                curve.append(self.figures()['rss_kib'])
            if total >= quarter and 'quarter' not in seen:
                seen['quarter'] = dict(self.figures(), calls=total)
            if total >= CALLS - 60:
                seen['end'] = dict(self.figures(), calls=total)
                break
            bed.time.sleep(0.1)
        r = self.sipcall_end(p, 120)
        self.assert_all_answered(r, CALLS)
        self.assertEqual(self.gw.wait_idle(), [])
        records = self.gw.records()
        self.assertEqual(len(records), 2 * CALLS)
        self.assertEqual({x['cause'] for x in records}, {16})
        self.assertEqual(self.gw.ctl('status')['records']['lost'], 0)
        said = '%d calls at %d a second: %s; KiB resident at each twentieth: %s\n' % (CALLS, rate, seen, curve)
        print(said)
        with open(os.path.join(bed.BUILD, 'soak.txt'), 'w', encoding='ascii') as f:
            f.write(said)
        if CALLS >= 2000:
            # So many calls are up at either moment, give or take a few.
            self.assertAlmostEqual(seen['end']['fds'], seen['quarter']['fds'], delta=8)
            # A SIP transaction is kept for 32 s (RFC 3261 17.1.1.2, 17.2.1): at 20 calls a second memory is level from
            # call 640 on. From there to the end it grows by less than 128 octets a call.
            # (A sanitizer keeps what is freed: there it finds the leaks itself, at the end.)
            if not bed.SLOW:
                self.assertLessEqual(seen['end']['rss_kib'] - curve[9], CALLS // 2 * 128 // 1024)
        self.assertEqual(seen['end']['threads'], seen['quarter']['threads'])
