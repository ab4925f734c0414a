# SPDX-License-Identifier: GPL-2.0-or-later
"""The bed of the table of dialects: one dialect, one side of the gateway, which is on span 1, isdn_switch on span 2, a SIP end; how
calls come up between them, and what must hold when they are over."""
import json
import os
import shutil
import time

import bed
import sip_ends
import switchbed


class Pair:
    """CELLS are names of methods, "cell_" before them; each returns WORKS or NOT_PART."""
    cells, causes = (), ()

    def __init__(self, test, row, side, folder):
        self.test, self.row, self.side, self.folder = test, row, side, folder
        self.e1 = test.span['type'] == 'e1'
        self.first, self.dchan = (32, 47) if self.e1 else (25, 48)
        self.out, self.come = ('+442079461', '2071838') if self.e1 else ('+12125551', '2125553')
        self.home = '+44' if self.e1 else '+1'
        self.caller, self.diverted = ('2079460999', '2079460701') if self.e1 else ('2125550999', '2125550701')
        self.expect, self.results, self.took, self.capture = [], {}, {}, os.path.join(folder, 'd1.pcap')
        self.name = '%s %s %s' % ('E1' if self.e1 else 'T1', row['name'], side)
        self.cell, self.frames = '', 0
        self.gw = self.sw = self.sip = None

    # --- both ends

    def conf(self, overlap):
        isdn = ', services: [hold]' + (', overlap: true' if overlap else '') + (', nsf: megacom' if self.row['nsf'] else '')
        return switchbed.TRUNK.format(
            country=self.test.span['country'], area=self.test.span['area'], port=bed.SIP_PORT, rtp=bed.RTP_FIRST,
            rtp_last=bed.RTP_LAST, spans='[1]', dialect=self.row['name'], side=self.side, hunt='ascending', isdn=isdn, more='',
            peer=bed.PEER_PORT)

    def dids(self):
        return '[office]\n%s*  telco\n[telco]\n%s%sxxx  office\n' % (self.home, self.home, self.come)

    def open(self):
        os.makedirs(self.folder)
        self.gw = bed.Gateway(self.folder, span=self.test.span, trunks=self.conf(self.row['overlap']), dids=self.dids())
        kind = self.row['name'] + ('-t1' if self.row['name'] == 'euroisdn' and not self.e1 else '')
        args = ['-d', str(self.dchan), '-f', str(self.first), '-t', kind, '-w', self.capture]
        args += ['-u'] if self.side == 'network' else []
        args += ['-o'] if self.row['overlap'] else []
        self.sw = switchbed.Switch(args, self.folder)
        self.sw.wait('ready')
        self.sip = sip_ends.Ends(self.causes)
        self.sip.start()
        self.gw.start()
        self.sw.wait('up')

    def close(self):
        """What must hold at the end."""
        self.sip.stop()
        status = self.gw.stop() if self.gw.proc else 'dead'
        self.sw.end()
        self.test.assertEqual((status, self.sip.failed), (0, None), self.gw.tail())

    def settled(self):
        self.test.assertEqual(self.gw.wait_idle(), [], self.name)
        left = lambda: [v for k, v in self.sw.report().items() if k in ('calls', 'layer3') and v]
        self.test.assertTrue(bed.wait_for(lambda: not left(), 8), self.sw.seen[-8:])

    def run(self):
        begun = time.monotonic()
        self.open()
        self.took['open'] = time.monotonic() - begun
        try:
            for name in self.cells:
                self.cell, self.frames, begun = name, self.sw.report()['frames'], time.monotonic()
                n = len(self.expect)
                self.results[name] = getattr(self, 'cell_' + name.replace(' ', '_'))()
                self.settled()
                self.took[name] = time.monotonic() - begun
                for e in self.expect[n:]:
                    e['last'] = self.sw.report()['frames']
        finally:
            self.close()
            self.keep()

    def keep(self):
        captures = os.environ.get('TIPRING_CAPTURES')
        if not captures:
            return
        name = 'dialects-' + self.name.replace(' ', '-')	# the dialect is in it for those who decode the capture
        shutil.copy(self.capture, os.path.join(captures, name + '.pcap'))
        with open(os.path.join(captures, name + '.json'), 'w', encoding='utf-8') as f:
            json.dump({'network': self.side == 'user', 'captures': [name + '.pcap'], 'expect': self.expect,
                       'table': [self.line()], 'notes': ['%.1f s' % sum(self.took.values())]}, f)

    def line(self):
        return '%-19s %s' % (self.name, ', '.join('%s: %s' % (n, self.results.get(n, 'FAILED')) for n in self.cells))

    # --- steps

    def on_wire(self, kind, sent, times=1, **fields):
        self.expect.append({'scenario': '%s: %s' % (self.name, self.cell), 'capture': 1, 'first': self.frames, 'type': kind,
                            'sent': sent, 'times': times, 'fields': fields})

    def until(self, what, seconds=10):
        self.test.assertTrue(bed.wait_for(what, seconds, 0.02), (self.name, self.sw.seen[-8:], self.gw.tail(8)))

    def place(self, number, *more):
        self.sw.say('call', 3, number, self.caller, *more)
        return self.sw.wait('placed')['call']

    def come_in(self, *more):
        """A call of the switch that SIP has answered: (the switch's, SIP's)."""
        call, known = self.place(self.come + '000', *more), len(self.sip.calls)
        self.sw.wait('connect', call=call)
        self.until(lambda: len(self.sip.calls) > known and self.up())
        return call, self.sip.calls[-1]

    def go_out(self, **more):
        """A call of SIP that the switch has answered: (the switch's SETUP, SIP's)."""
        self.sw.say('incoming', 'proceeding', 'alerting', 'connect')
        out = self.sip.dial(self.out + '000', self.home + self.caller, **more)
        setup = self.sw.wait('setup')
        self.until(lambda: out.status and self.up())
        self.test.assertEqual((self.name, out.status), (self.name, 200))
        return setup, out

    def up(self):
        calls = self.gw.ctl('calls')['calls']
        return calls and all(c['state'] == 'up' for c in calls)

    def clear(self, call, cause=16):
        self.sw.say('do', call, 'disconnect:%d' % cause)
        self.sw.wait('over', call=call)

    def record(self, **want):
        """Of the call that is over."""
        self.test.assertEqual(self.gw.wait_idle(), [])
        r = self.gw.records(last=1)[0]
        self.test.assertEqual({k: r[k] for k in want}, want, (self.name, r))
