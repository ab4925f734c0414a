# SPDX-License-Identifier: GPL-2.0-or-later
"""NFAS on the real driver: three T1 spans under a primary and a backup D channel. Both ends the gateway's; then an
exchange of libpri's own that loses one D channel, both, or goes from one to the other by itself."""
import time

import bed
import switchbed
import test_nfas
from switchbed import CONNECT, DISCONNECT, RESTART, RESTART_ACK, SETUP, STATUS
from test_causes import cause_in


class TwoEnds(test_nfas.Nfas, bed.CallTest):
    pass


class Exchange(switchbed.SwitchTest):
    dialect, country, area = 'ni2', '1', '212'
    dchan, first, spans = '96,120', '73,97,121', '[1, 2, 3]'
    caller, called, number, national = '2125550999', '2125553001', '+12125550222', '2125550222'
    isdn = ', nfas: {primary: 1, backup: 2}, timers: {T200: 500ms, T203: 2s}'
    dids = switchbed.DIDS['1'] + '+12125554xxx          test/milliwatt\n'

    def begin(self):
        for timer, ms in (('T200', 500), ('T203', 2000)):
            self.sw.say('timer', timer, ms)
        self.gw.start()
        self.both_up()
        # On its own the exchange would not hear that the idle backup is dead before T203.
        self.assertEqual(self.active(), 1)

    def both_up(self):
        def up():
            spans = self.gw.ctl('spans')['spans']
            return all(s['layer2'] == 'up' for s in spans if s.get('dchannel') in ('primary', 'backup'))
        self.assertTrue(bed.wait_for(up, 25), self.gw.ctl('spans'))

    def active(self):
        return [s['no'] for s in self.gw.ctl('spans')['spans'] if s.get('active')][0]

    def place(self, channel, called='2125554001', *more):
        self.sw.say('call', channel, called, self.caller, *more)
        c = self.sw.wait('placed')
        self.sw.wait('connect', call=c['call'])
        return c['call']

    def clear(self, call, cause=16):
        self.sw.say('do', call, 'disconnect:%d' % cause)
        self.sw.wait('over', call=call)

    def loud(self, call):
        """The milliwatt of the gateway is heard on the call's own channel."""
        self.sw.say('do', call, 'tone:400', 'wait:1200')
        time.sleep(1.5)
        self.sw.say('level', call)
        self.sw.wait('level', call=call)
        time.sleep(1)
        self.sw.say('level', call)
        self.assertAlmostEqual(self.sw.wait('level', call=call)['dbm0'], 0, delta=0.5)

    def does_a_channel_by_interface(self):
        """Channel 24 of the span that has no D channel, and the same channel of two spans at once."""
        a, b, c = self.place('2/24!'), self.place('0/5!'), self.place('1/5!')
        lines = sorted(l['line'] for l in self.gw.ctl('lines')['lines'] if l.get('call'))
        self.assertEqual(lines, ['1/5', '2/5', '3/24'])
        for call in (a, b, c):
            self.loud(call)
            self.clear(call)
        self.on_wire(SETUP, sent=True, times=1, **{'channel.interface_id': 2, 'channel.number': 24})
        self.on_wire(CONNECT, sent=False)

    def does_gateways_calls_name_it(self):
        p, setup = self.answered()
        self.assertEqual((setup['channel'], setup['interface']), (1, 0))
        p.proc.terminate()
        self.sw.wait('over', call=setup['call'])
        self.outcome(p)
        self.on_wire(SETUP, sent=False, times=1, **{'channel.interface_id': 0, 'channel.number': 1})
        self.gw.cli('restart', '3/7')
        self.sw.wait('restart')
        self.on_wire(RESTART, sent=False, times=1, **{'channel.interface_id': 2, 'channel.number': 7})

    def does_exchange_restarts(self):
        a, b = self.place('1/9!'), self.place('2/9!')
        self.sw.say('do', a, 'forget')
        self.sw.say('restart', '1/9')
        self.sw.wait('restart_ack')
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 1, 5))
        self.on_wire(RESTART_ACK, sent=False, times=1, **{'channel.interface_id': 1, 'channel.number': 9})
        self.clear(b)

    def does_the_primary_die(self):
        """Calls both ways stay, end from either side and begin anew on the backup; then the other way round."""
        for dead, alive in ((0, 1), (1, 0)):
            p, setup = self.answered()
            ours, theirs = self.place('2/1!'), self.place('1/2!')
            self.sw.say('mute', 'on', dead)
            self.sw.wait('in_use', d=alive)
            self.assertTrue(bed.wait_for(lambda n=alive: self.active() == n + 1, 10), self.gw.ctl('spans'))
            self.assertEqual(self.gw.calls_now(), 3)
            self.assertEqual(len(self.gw.ctl('status')['alarms']), 1)
            self.loud(ours)
            self.clear(ours)
            self.gw.cli('clear', str([l['call'] for l in self.gw.ctl('lines')['lines'] if l['line'] == '2/2'][0]))
            self.sw.wait('over', call=theirs)
            self.sw.say('do', setup['call'], 'disconnect:31')
            self.sw.wait('over', call=setup['call'])
            e = self.outcome(p)
            self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 31), e)
            q, again = self.answered()
            q.proc.terminate()
            self.sw.wait('over', call=again['call'])
            self.outcome(q)
            self.sw.say('mute', 'off', dead)
            self.sw.wait('up', d=dead)
            self.both_up()
            self.assertEqual(self.gw.ctl('status')['alarms'], [])
            self.on_wire(STATUS, sent=False, cause_value=30, call_state=10)
        self.on_wire(DISCONNECT, sent=True, times=2, cause_value=31)

    def does_exchange_change_over(self):
        """No failure: the exchange signals on the backup from one message to the next, and goes back."""
        a, b = self.place('2/3!'), self.place('2/4!')
        self.sw.say('use', 1)
        c = self.place('2/5!')
        self.assertTrue(bed.wait_for(lambda: self.active() == 2, 5), self.gw.ctl('spans'))
        self.clear(a)
        self.sw.say('use', 0)
        d = self.place('2/6!')
        self.assertTrue(bed.wait_for(lambda: self.active() == 1, 5), self.gw.ctl('spans'))
        for call in (b, c, d):
            self.clear(call)

    def does_both_die_for_a_while(self):
        p, setup = self.answered()
        self.sw.say('mute', 'on', 0)
        self.sw.say('mute', 'on', 1)
        self.assertTrue(bed.wait_for(lambda: not any(s.get('in_service') for s in self.gw.ctl('spans')['spans']), 15))
        time.sleep(5)
        self.sw.say('mute', 'off', 0)
        self.sw.say('mute', 'off', 1)
        self.both_up()
        self.assertTrue(bed.wait_for(lambda: len(self.gw.busy_lines()) == 1, 20), self.gw.busy_lines())
        self.assertEqual(self.gw.calls_now(), 1)
        p.proc.terminate()
        self.sw.wait('over', call=setup['call'])
        self.outcome(p)
