# SPDX-License-Identifier: GPL-2.0-or-later
"""An exchange that restarts channels, does not answer, loses its D channel or its life, in mid-call."""
import time

import bed
import switchbed
from switchbed import DISCONNECT, RELEASE_COMPLETE, RESTART, RESTART_ACK, STATUS
from test_causes import cause_in


class Restarts(switchbed.SwitchTest):
    t316 = 2
    isdn = ', timers: {T316: %ds}' % t316

    def does_one_channel(self):
        """The call on that channel is over, the other one is not."""
        p, one = self.answered()
        q = self.start_second()
        two = self.sw.wait('setup')
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 2 and self.all_up(), 5))
        self.sw.say('do', one['call'], 'forget')
        self.sw.say('restart', one['channel'])
        self.sw.wait('restart_ack')
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() == 1, 5))
        self.on_wire(RESTART_ACK, sent=False, times=1, **{'channel.number': one['channel'], 'restart_indicator': 0})
        p.proc.terminate()
        e = self.outcome(p)
        self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 41), e)
        r = self.gw.records("out_line = '1/%d'" % one['channel'], 1)[0]
        self.assertEqual((r['cause'], r['cleared_by']), (41, 'out'), r)
        q.proc.terminate()
        self.assertFalse(self.ends(self.sipcall_end(q))[0]['remote_bye'])
        self.sw.wait('over', call=two['call'])

    def start_second(self):
        return self.start_peer([bed.os.path.join(bed.BUILD, 'tests/tools/sipcall'), '-l', '127.0.0.1:%d' % bed.OTHER_PORT,
                                '-r', '127.0.0.1:%d' % bed.SIP_PORT, '-P', bed.PEER_RTP + 40, '-n', self.number, '-m', 1,
                                '-u', 'no', '-a', 'none', '-t', 600000])

    def does_whole_interface(self):
        p, one = self.answered()
        self.sw.say('do', one['call'], 'forget')
        self.sw.say('restart', 'all')
        self.sw.wait('rx', type=RESTART_ACK)
        self.on_wire(RESTART_ACK, sent=False, times=1, **{'restart_indicator': 6})
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 5))
        p.proc.terminate()
        e = self.outcome(p)
        self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 41), e)
        self.assert_record(cause=41, cleared_by='out')

    def line(self, pos):
        return [x['state'] for x in self.gw.ctl('lines')['lines'] if x['line'] == '1/%d' % pos][0]

    def alarms(self):
        return [a['what'] for a in self.gw.ctl('status')['alarms']]

    def restart_unheard(self):
        """Channel 5 is restarted, and the switch does not hear it: N316 (2) times more, T316 apart, then it is set aside."""
        self.sw.say('deaf', '46')
        seen = len(self.sw.seen)
        self.gw.cli('restart', '1/5')
        self.assertTrue(bed.wait_for(lambda: self.line(5) == 'set aside', 5 * self.t316), self.gw.ctl('lines')['lines'][4])
        self.sw.say('deaf')
        self.sw.report()
        sent = [e['ms'] for e in self.sw.seen[seen:] if e['event'] == 'rx' and e['type'] == RESTART]
        gaps = [(b - a) / 1000 for a, b in zip(sent, sent[1:])]
        self.assertEqual(len(sent), 3, sent)
        self.assertTrue(all(abs(g - self.t316) < 0.3 for g in gaps), gaps)
        self.assertEqual(sum('1 line set aside, RESTART is not answered, the first is 1/5' in a for a in self.alarms()), 1, self.alarms())
        self.on_wire(RESTART, sent=False, times=3, **{'channel.number': 5})

    def does_restart_without_answer_in_mid_life(self):
        """The call on another channel goes on; new ones pass the line by; a late acknowledgement brings it back."""
        p, one = self.answered()
        self.assertEqual(one['channel'], 1)
        self.restart_unheard()
        self.assertEqual((self.line(1), [c['state'] for c in self.gw.ctl('calls')['calls']]), ('up', ['up']))
        for pos in (2, 3, 4):
            self.gw.cli('out', '1/%d' % pos)
        self.sw.say('incoming', 'release-complete:17')
        q = self.start_second()
        self.assertEqual(self.sw.wait('setup')['channel'], 6)
        self.assertEqual(self.ends(self.sipcall_end(q))[0]['status'], 486)
        for pos in (2, 3, 4):
            self.gw.cli('in', '1/%d' % pos)
        self.sw.say('message', '8000', '4e', '1803a98385790180')
        self.assertTrue(bed.wait_for(lambda: self.line(5) == 'idle', 5), self.line(5))
        self.assertEqual([a for a in self.alarms() if 'aside' in a], [])
        self.on_wire(RESTART_ACK, sent=True, times=1, **{'channel.number': 5})
        self.assertEqual(self.line(1), 'up')
        p.proc.terminate()
        self.assertFalse(self.outcome(p)['remote_bye'])
        self.sw.wait('over', call=one['call'])

    def does_restart_without_answer_then_setup(self):
        """A call of the exchange on that channel proves it idle too."""
        p, one = self.answered()
        self.restart_unheard()
        self.sw.say('call', '5!', '999', self.caller)
        self.sw.wait('over')			# no such number
        self.assertTrue(bed.wait_for(lambda: self.line(5) == 'idle', 5), self.line(5))
        self.assertEqual((self.line(1), [a for a in self.alarms() if 'aside' in a]), ('up', []))
        p.proc.terminate()
        self.assertFalse(self.outcome(p)['remote_bye'])
        self.sw.wait('over', call=one['call'])


class NoRestart:
    """An exchange that never answers RESTART has not the procedure: the lines come into use all the same."""

    def begin(self):
        self.sw.say('deaf', '46')
        self.gw.start(in_service=False)
        self.sw.wait('rx', type=RESTART)

    def good_call(self):
        self.sw.say('incoming', 'proceeding', 'connect')
        e = self.outcome(self.invite('-t', 300))
        self.assertEqual(e['status'], 200)


class NeverAnswered(NoRestart, switchbed.SwitchTest):
    def does_a_call(self):
        begun = time.monotonic()
        self.assertTrue(bed.wait_for(self.gw.in_service, 500, 1), self.gw.ctl('lines')['lines'][:3])
        self.note('lines idle %.0f s after a start without an answer to RESTART' % (time.monotonic() - begun))
        self.good_call()
        self.first_frame = 0
        self.on_wire(RESTART, sent=False)
        self.on_wire(RESTART_ACK, times=0)


class AnsweredLate(NoRestart, switchbed.SwitchTest):
    def does_a_call(self):
        time.sleep(20)
        self.sw.say('deaf')
        self.sw.say('message', '8000', '4e', '1803a98381790180')
        self.assertTrue(bed.wait_for(self.gw.in_service, 20), self.gw.ctl('lines')['lines'][:3])
        self.good_call()
        self.first_frame = 0
        self.on_wire(RESTART, sent=False)


class Down(switchbed.SwitchTest):
    limit = 600

    def outage(self, seconds):
        p, setup = self.answered()
        self.sw.say('mute', 'on')
        time.sleep(seconds)
        up = self.gw.calls_now()
        self.sw.say('mute', 'off')
        return p, setup, up

    def survives(self, seconds):
        p, setup, up = self.outage(seconds)
        self.assertEqual(up, 1)
        self.assertTrue(bed.wait_for(lambda: self.gw.ctl('spans')['spans'][0]['in_service'], 30), self.gw.ctl('spans'))
        time.sleep(6)	# an audit and T303 have passed: whatever is to follow has followed
        self.assertEqual([c['state'] for c in self.gw.ctl('calls')['calls']], ['up'])
        p.proc.terminate()
        e = self.outcome(p)
        self.assertFalse(e['remote_bye'], e)
        self.sw.wait('over', call=setup['call'])
        self.assert_record(cause=16, cleared_by='in')
        self.on_wire(DISCONNECT, sent=False, times=1, cause_value=16)

    def does_5_s_without_d_channel(self):
        self.survives(5)

    def does_20_s_without_d_channel(self):
        self.survives(20)

    def does_120_s_without_d_channel(self):
        """T309 is over after 90 s without layer 2."""
        p, _, up = self.outage(120)
        self.assertEqual(up, 0)
        p.proc.terminate()
        e = self.outcome(p)
        self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 27), e)
        r = self.assert_record(cause=27, cleared_by='out')
        self.note('D channel down for 120 s: the call ended %.1f s after its answer' % ((r['end_ms'] - r['answer_ms']) / 1000))
        self.assertTrue(bed.wait_for(self.gw.in_service, 30), self.gw.ctl('spans'))

    def does_killed_and_started_again(self):
        """It has forgotten its calls and restarts its channels, as exchanges do."""
        p, _ = self.answered()
        self.sw.end()
        self.switch_start()
        self.sw.wait('up')
        self.sw.say('restart', 'all')
        self.sw.wait('rx', type=RESTART_ACK)
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 5), self.gw.ctl('calls'))
        p.proc.terminate()
        e = self.outcome(p)
        # The answer to our STATUS, or RESTART, whichever came first.
        self.assertTrue(e['remote_bye'], e)
        self.assertIn(cause_in(e['bye_reason']), (41, 101))
        self.assert_record(cause=cause_in(e['bye_reason']), cleared_by='out')
        self.assertTrue(bed.wait_for(self.gw.in_service, 30), self.gw.ctl('spans'))

    def does_killed_and_silent_about_it(self):
        """It has forgotten its calls and says nothing: what the gateway has is over when it says so."""
        p, _ = self.answered()
        self.sw.end()
        time.sleep(20)
        self.switch_start()
        self.sw.wait('up')
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 30), self.gw.ctl('calls'))
        p.proc.terminate()
        e = self.outcome(p)
        self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 101), e)
        self.assert_record(cause=101, cleared_by='out')
        # 5.8.9: layer 2 is back, and the gateway says in which state it is.
        self.on_wire(STATUS, sent=False, cause_value=31, call_state=10)
        self.on_wire(RELEASE_COMPLETE, sent=True, times=1, cause_value=101)

    def does_deaf_to_clearing(self):
        """T305, T308 twice, and the line is free again."""
        p, setup = self.answered()
        self.sw.say('deaf', '45', '4d')
        begun = time.monotonic()
        p.proc.terminate()
        self.outcome(p)
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 90), self.gw.ctl('calls'))
        self.note('no answer to DISCONNECT and RELEASE: over after %.1f s' % (time.monotonic() - begun))
        self.sw.say('deaf')
        self.sw.say('do', setup['call'], 'forget')
        self.assert_record(cause=16, cleared_by='in')
        self.assertTrue(bed.wait_for(self.gw.in_service, 30), self.gw.busy_lines())

    def does_deaf_to_release(self):
        """It clears, and does not hear the answer: T308 twice, and the line is free again."""
        p, setup = self.answered()
        self.sw.say('deaf', '4d')
        begun = time.monotonic()
        self.sw.say('do', setup['call'], 'disconnect:31')
        e = self.outcome(p)
        self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 31), e)
        self.note('RELEASE not answered: BYE %.1f s after DISCONNECT' % (time.monotonic() - begun - 0.5))
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 20), self.gw.ctl('calls'))
        self.sw.say('deaf')
        self.sw.say('do', setup['call'], 'forget')
        self.assert_record(cause=31, cleared_by='out')
