# SPDX-License-Identifier: GPL-2.0-or-later
"""An exchange, or a PBX, that calls: on a channel that is busy, on none, at the same moment as the gateway, digit by digit, as
fast as it can."""
import bed
import switchbed
from switchbed import CONNECT, DISCONNECT, PROCEEDING, RELEASE_COMPLETE, SETUP, SETUP_ACK


class Offers(switchbed.SwitchTest):
    """The exchange calls; a SIP end answers."""

    def begin(self):
        super().begin()
        self.sip = self.sipcall_start('-c', 0, '-u', 200, '-a', 'none', '-k', 0)
        self.kept = 1

    def place(self, channel, *more):
        self.sw.say('call', channel, self.called, self.caller, *more)
        return self.sw.wait('placed')

    def clear(self, call, cause=16):
        self.sw.say('do', call, 'disconnect:%d' % cause)
        self.sw.wait('over', call=call)

    def refused(self, cause, *args):
        before = self.gw.ctl('status')['calls']['total']
        c = self.place(*args)
        self.sw.wait('over', call=c['call'])
        seen = [e['cause'] for e in self.sw.seen if e.get('call') == c['call'] and e['event'] in ('disconnect', 'release')]
        self.assertEqual(seen[:1], [cause])
        self.assertEqual(self.gw.ctl('status')['calls']['total'], before + 1)
        r = self.gw.records(last=1)[0]	# other calls may be up
        self.assertEqual((r['cause'], r['in_line'], r['answer_ms']), (cause, '', None), r)

    def does_any_channel(self):
        c = self.place('3', '+1801a3')
        self.assertEqual(self.sw.wait('connect', call=c['call'])['channel'], 1)
        self.clear(c['call'])
        self.on_wire(SETUP, sent=True, times=1, **{'channel.selection': 3, 'calling_party_number.digits': self.caller})
        self.on_wire(PROCEEDING, sent=False, times=1, **{'channel.number': 1})
        self.assert_record(in_line='1/1', cause=16, cleared_by='in')

    def does_busy_channel(self):
        """Exclusive: no call (44). Preferred: another channel. The call that is there stays."""
        first = self.place('5!')
        self.sw.wait('connect', call=first['call'], channel=5)
        self.refused(44, '5!')
        third = self.place('5')
        self.assertNotEqual(self.sw.wait('connect', call=third['call'])['channel'], 5)
        self.assertEqual(self.gw.calls_now(), 2)
        self.clear(third['call'])
        self.clear(first['call'])
        self.on_wire(RELEASE_COMPLETE, sent=False, times=1, cause_value=44)
        self.assertEqual(self.gw.wait_idle(), [])
        self.assertEqual({(r['in_line'], r['cause']) for r in self.gw.records()[-2:]}, {('1/1', 16), ('1/5', 16)})

    def does_channel_that_is_not_there(self):
        self.refused(82, '16!')
        self.on_wire(RELEASE_COMPLETE, sent=False, times=1, cause_value=82)

    def does_elements_missing(self):
        """Q.931 5.8.6.1: what the user must be given is missing. The network names the channel (3.1.14 note 3)."""
        for element in ('-04', '-18'):
            self.refused(96, '3', element)
        self.on_wire(RELEASE_COMPLETE, sent=False, times=2, cause_value=96)

    def does_elements_unknown(self):
        """5.8.7.1: one that must be understood is as one that is missing; another is passed over."""
        self.refused(96, '3', '+0f0155')
        c = self.place('4', '+5f0155')
        self.sw.wait('connect', call=c['call'])
        self.clear(c['call'])
        self.on_wire(RELEASE_COMPLETE, sent=False, times=1, cause_value=96)

    def does_more_than_a_channel(self):
        """384 kbit/s, multirate, packets: bearer capability not implemented, at once and with a record."""
        for bearer in ('+04028893', '+0403889886', '+040288c0'):
            self.refused(65, '3', bearer)
            self.assertIn('64 kbit/s', self.gw.records(last=1)[0]['why'])
            self.assertEqual(self.gw.wait_idle(), [])
        self.on_wire(RELEASE_COMPLETE, sent=False, times=3, cause_value=65)

    def does_bearer_that_nobody_has(self):
        """Video: bearer capability not implemented. Data is offered as CLEARMODE, which this SIP end does not take:
        incompatible destination."""
        for bearer, cause in ((24, 65), (8, 88)):
            c = self.place('3', 'bearer:%d' % bearer)
            self.assertEqual(self.sw.wait('disconnect', call=c['call'])['cause'], cause)
            self.sw.wait('over', call=c['call'])
            self.assert_record(cause=cause, bearer=bearer, answer_ms=None)
            self.on_wire(DISCONNECT, sent=False, times=1, cause_value=cause)


class Pbx(Offers):
    """The same by a PBX, the gateway being the network's side."""
    side = 'network'

    def does_elements_missing(self):
        """The user may leave the choice of the channel to the network (3.1.14 note 3)."""
        self.refused(96, '3', '-04')
        c = self.place('3', '-18')
        self.assertEqual(self.sw.wait('connect', call=c['call'])['channel'], 1)
        self.clear(c['call'])
        self.on_wire(SETUP, sent=True, times=1, **{'channel.number': None})
        self.on_wire(PROCEEDING, sent=False, times=1, **{'channel.number': 1})


class Collisions(switchbed.SwitchTest):
    def does_both_clear_at_once(self):
        p, setup = self.answered()
        self.sw.say('hold', 'on')
        p.proc.terminate()
        self.assertTrue(bed.wait_for(lambda: self.gw.busy_lines()[0]['state'] == 'clearing', 3))
        self.sw.say('do', setup['call'], 'disconnect:31')
        self.sw.say('hold', 'off')
        self.sw.wait('over', call=setup['call'])
        e = self.outcome(p)
        self.assertFalse(e['remote_bye'])
        self.assert_record(cause=16, cleared_by='in')
        self.on_wire(DISCONNECT, sent=True, times=1, cause_value=31)
        self.on_wire(DISCONNECT, sent=False, times=1, cause_value=16)

    def does_both_call_on_one_channel(self):
        """Q.931 5.7: the network's call has it; the user's gets another."""
        self.sw.say('incoming', 'release-complete:44', 'then', 'proceeding', 'connect')
        self.sw.say('hold', 'on')
        p = self.sipcall_start('-n', self.number, '-m', 1, '-u', 200, '-k', 0, '-a', 'none', '-t', 3000)
        self.assertTrue(bed.wait_for(self.gw.busy_lines, 3))
        self.sw.say('call', '1!', self.called, self.caller)
        placed = self.sw.wait('placed')
        self.sw.say('hold', 'off')
        self.assertEqual(self.sw.wait('connect', call=placed['call'])['channel'], 1)
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 2 and self.all_up(), 5), self.gw.ctl('calls'))
        self.sw.say('do', placed['call'], 'disconnect:16')
        e = self.outcome(p)
        self.assertEqual(e['status'], 200, e)
        self.assertEqual(self.gw.ctl('spans')['spans'][0].get('glare'), 1, self.gw.ctl('spans'))
        self.assertEqual(self.gw.records("in_trunk = 'office'")[0]['out_line'], '1/2')
        self.on_wire(SETUP, sent=True, times=1, **{'channel.number': 1})
        self.on_wire(SETUP, sent=False, times=1, **{'channel.number': 2})


class CollisionsPbx(Collisions):
    """The gateway is the network's side: its own call has the channel."""
    side = 'network'

    def does_both_call_on_one_channel(self):
        self.sw.say('incoming', 'proceeding', 'connect')
        self.sw.say('hold', 'on')
        p = self.invite('-t', 1500)
        self.assertTrue(bed.wait_for(self.gw.busy_lines, 3))
        self.sw.say('call', '1!', self.called, self.caller)
        placed = self.sw.wait('placed')
        self.sw.say('hold', 'off')
        self.sw.wait('over', call=placed['call'])
        self.assertEqual(self.outcome(p)['status'], 200)
        self.assertEqual(self.gw.ctl('spans')['spans'][0].get('glare'), 1, self.gw.ctl('spans'))
        self.assert_record(out_line='1/1', cause=16)
        self.on_wire(RELEASE_COMPLETE, sent=False, times=1, cause_value=44)


class Overlap(switchbed.SwitchTest):
    """Digits one after the other, both ways."""
    isdn, switch_args = ', overlap: true', ('-o',)

    def does_receiving(self):
        sip = self.sipcall_start('-c', 0, '-u', 200, '-a', 'none', '-k', 0)
        self.sw.say('call', 3, self.called[:4], self.caller, 'overlap')
        call = self.sw.wait('placed')['call']
        self.sw.wait('setup_ack', call=call)
        self.sw.say('do', call, 'digits:' + self.called[4:])
        self.sw.wait('connect', call=call)
        self.sw.say('do', call, 'disconnect:16')
        self.sw.wait('over', call=call)
        self.assertEqual(self.gw.wait_idle(), [])
        sip.proc.terminate()
        self.assertEqual([e['called'] for e in self.ends(self.sipcall_end(sip), 'uas')], ['+44' + self.called])
        self.assert_record(in_called='+44' + self.called, cause=16, cleared_by='in')
        self.on_wire(SETUP_ACK, sent=False, times=1, **{'channel.number': 3})

    def does_receiving_too_few(self):
        """T302 of the gateway is over: the number is not complete."""
        self.sw.say('call', 3, self.called[:4], self.caller, 'overlap')
        call = self.sw.wait('placed')['call']
        self.assertEqual(self.sw.wait('disconnect', 40, call=call)['cause'], 28)
        self.sw.wait('over', call=call)
        self.on_wire(DISCONNECT, sent=False, times=1, cause_value=28)

    def does_sending(self):
        self.sw.say('incoming', 'setup-ack')
        p = self.start_peer([bed.os.path.join(bed.BUILD, 'tipring'), '-s', self.gw.sock, '--json', 'call', 'telco',
                             self.number, '--overlap', '--seconds', '1'])
        setup, digits = self.sw.wait('setup'), ''
        while len(setup['called'] + digits) < len(self.national):
            digits += self.sw.wait('digits')['digits']
        self.assertEqual(setup['called'] + digits, self.national)
        self.sw.say('do', setup['call'], 'proceeding', 'alerting', 'connect')
        self.assertIn('"answered"', p.wait(20)[1])
        self.sw.wait('over', call=setup['call'])


class Rate(switchbed.SwitchTest):
    """Calls a second that one D channel takes, the other end answering at once: figures, and nothing left over."""
    calls = 150

    def measured(self, what):
        done = self.ended + self.calls
        self.assertTrue(bed.wait_for(lambda: self.sw.report()['ended'] >= done, 60, 0.5), self.sw.report())
        times = [e['ms'] for e in self.sw.seen[self.seen:] if e['event'] in ('setup', 'placed', 'over')]
        answered = sum(e['event'] == 'rx' and e['type'] in (CONNECT, 0x0f) for e in self.sw.seen[self.seen:])
        self.assertEqual(answered, self.calls)
        self.note('%s: %.1f calls a second' % (what, self.calls * 1000 / (max(times) - min(times))))

    def mark(self):
        self.ended, self.seen = self.sw.report()['ended'], len(self.sw.seen)

    def does_calls_from_the_switch(self):
        for at_a_time in (1, 10, 30):
            self.mark()
            self.sw.say('load', self.calls, at_a_time, '2071839001')
            self.measured('from the switch to a test end, %d at a time' % at_a_time)
        self.assertEqual({r['cause'] for r in self.gw.records()}, {16})

    def does_calls_from_sip(self):
        self.mark()
        self.sw.say('incoming', 'connect')
        r = self.sipcall('-c', self.calls, '-R', 500, '-x', 8, '-t', 1, '-n', self.number, '-m', 1, '-u', 'no', '-a', 'none')
        self.assert_all_answered(r, self.calls)
        self.measured('from SIP to the switch, 8 at a time')
