# SPDX-License-Identifier: GPL-2.0-or-later
"""An exchange that does what exchanges do now and then, on the real driver: how it answers, refuses and clears. For
each: what the SIP side saw, what the record says, what was on the wire, and that both ends are idle afterwards."""
import bed
import switchbed
from switchbed import ALERTING, CONNECT, DISCONNECT, PROCEEDING, PROGRESS, RELEASE, RELEASE_COMPLETE, SETUP, STATUS
from test_causes import cause_in

# RFC 3398 7.2.4.1; 44 asks for another channel and is in a test of its own.
CLASSES = [(1, 404), (17, 486), (18, 408), (19, 480), (21, 403), (22, 410), (27, 502), (28, 484), (31, 480),
           (38, 503), (41, 503), (42, 503), (47, 503), (57, 403), (58, 503), (65, 488), (79, 501), (87, 403), (88, 503),
           (102, 504), (111, 500), (127, 500)]


class Answers(switchbed.SwitchTest):
    def good(self, *steps, hold=700):
        self.sw.say('incoming', *steps)
        e = self.outcome(self.invite('-t', hold))
        self.assertEqual((e['status'], e['failed']), (200, False), e)
        self.assert_record(cause=16, cleared_by='in', out_line='1/1')
        return e

    def does_no_alerting(self):
        e = self.good('proceeding', 'wait:300', 'connect')
        self.assertNotIn('t180', e)
        self.assertGreater(e['t200'], 300)
        self.on_wire(PROCEEDING, sent=True, times=1)
        self.on_wire(ALERTING, times=0)

    def does_connect_first(self):
        e = self.good('connect')
        self.assertNotIn('t180', e)
        self.assertNotIn('t183', e)
        self.on_wire(PROCEEDING, times=0)
        self.on_wire(CONNECT, sent=True, times=1, **{'channel.number': 1})

    def does_two_progress(self):
        """Not end to end ISDN first, in-band information then: the caller hears the line from the second on."""
        e = self.good('proceeding', 'progress+1e028281', 'wait:200', 'progress+1e028288', 'tone:440', 'wait:500', 'connect')
        self.assertIn('t183', e)
        self.assertLess(e['t183'], e['t200'])
        self.on_wire(PROGRESS, sent=True, times=1, **{'progress_indicator.description': 1})
        self.on_wire(PROGRESS, sent=True, times=1, **{'progress_indicator.description': 8})

    def does_another_channel(self):
        self.sw.say('incoming', 'proceeding:9', 'connect')
        e = self.outcome(self.invite('-t', 500))
        self.assertEqual(e['status'], 200)
        self.assert_record(out_line='1/9', cause=16)
        self.on_wire(SETUP, sent=False, times=1, **{'channel.number': 1, 'called_party_number.digits': self.national})
        self.on_wire(PROCEEDING, sent=True, times=1, **{'channel.number': 9})

    def does_connected_number(self):
        e = self.good('proceeding', 'connect+4c0c218032303739343630313233')
        self.assertEqual(e['status'], 200)
        self.on_wire(CONNECT, sent=True, times=1, **{'connected_number.digits': '2079460123'})


    def does_audio_both_ways(self):
        self.sw.say('incoming', 'connect', 'tone:1000')
        p = self.invite('-t', 2500, '-a', 'seq', '-o', self.folder)
        call = self.sw.wait('setup')['call']

        def heard():
            self.sw.say('level', call)
            e = self.sw.wait('level')
            return e if e['samples'] >= 800 and e['dbm0'] > -20 else None
        self.sw.wait('rx', type=0x0f)
        self.assertTrue(bed.wait_for(heard, 2, 0.2), self.sw.seen[-3:])
        self.assertEqual(self.outcome(p)['status'], 200)
        self.assertGreater(self.loudness('uac-0.raw'), 0.5)


class Refusals(switchbed.SwitchTest):

    def refused(self, status, cause, *steps, location=2):
        self.sw.say('incoming', *steps)
        e = self.outcome(self.invite())
        self.assertEqual((e['status'], cause_in(e.get('reason', ''))), (status, cause), e)
        self.assert_record(cause=cause, location=location, cleared_by='out', answer_ms=None)
        return e

    def does_release_complete_at_once(self):
        for cause, status in CLASSES:
            with self.subTest(cause=cause):
                self.refused(status, cause, 'release-complete:%d' % cause)
                self.on_wire(RELEASE_COMPLETE, sent=True, times=1, cause_value=cause, cause_location=2)
        self.on_wire(SETUP, sent=False, times=len(CLASSES))

    def does_disconnect_before_answer(self):
        for cause, status in CLASSES[:8]:
            with self.subTest(cause=cause):
                self.refused(status, cause, 'proceeding', 'disconnect:%d+080282%02x' % (cause, 0x80 | cause))
                self.on_wire(DISCONNECT, sent=True, times=1, cause_value=cause)
        self.on_wire(RELEASE, sent=False, times=8)

    def does_announcement_until_released(self):
        """Q.931 5.4: in-band information after DISCONNECT with progress indicator 8 is heard, then the cause goes on."""
        self.sw.say('incoming', 'proceeding', 'disconnect:1+080282811e028288', 'tone:440', 'wait:3000',
                    'message:4d:08028281')
        e = self.outcome(self.invite('-a', 'quiet', '-o', self.folder))
        self.assertEqual((e['status'], cause_in(e.get('reason', ''))), (404, 1), e)
        self.assertLess(e['t183'] + 2500, e['t_end'])
        self.assertGreater(e['packets_in'], 100)
        self.assertGreater(self.loudness('uac-0.raw'), 0.5)
        self.assert_record(cause=1, location=2, cleared_by='out', answer_ms=None)
        self.on_wire(DISCONNECT, sent=True, times=1, **{'cause_value': 1, 'progress_indicator.description': 8})

    def does_announcement_not_wanted(self):
        """The caller has heard enough."""
        self.sw.say('incoming', 'proceeding', 'disconnect:17+080282911e028288', 'tone:440')
        e = self.outcome(self.invite('-a', 'quiet', '-C', 2000))
        self.assertEqual(e['status'], 487, e)
        self.assert_record(cleared_by='in', out_cause=17)
        self.on_wire(RELEASE, sent=False, times=1)

    def does_another_channel_wanted(self):
        """Cause 44 refuses the channel, not the call."""
        self.sw.say('incoming', 'release-complete:44', 'then', 'proceeding', 'connect')
        e = self.outcome(self.invite('-t', 500))
        self.assertEqual(e['status'], 200, e)
        self.assert_record(out_line='1/2', cause=16)
        self.on_wire(SETUP, sent=False, times=1, **{'channel.number': 1})
        self.on_wire(SETUP, sent=False, times=1, **{'channel.number': 2})
        self.on_wire(RELEASE_COMPLETE, sent=True, times=1, cause_value=44)

    def does_no_channel_at_all(self):
        self.refused(503, 34, 'release-complete:34')


class Strange(switchbed.SwitchTest):
    """Messages that fit no call, or no state (Q.931 5.8). A call that is up outlives what it can."""

    def call(self):
        self.p, self.setup = self.answered()
        self.cr = 0x8000 | self.setup['cr']

    def still_up(self):
        self.assertEqual([c['state'] for c in self.gw.ctl('calls')['calls']], ['up'])

    def hang_up(self):
        self.p.proc.terminate()
        e = self.outcome(self.p)
        self.assertFalse(e['remote_bye'], e)
        self.assert_record(cause=16, cleared_by='in')

    def does_unknown_message_type(self):
        self.call()
        self.sw.say('message', '%04x' % self.cr, '3f')
        self.sw.wait('rx', type=STATUS, cr=self.setup['cr'])
        self.on_wire(STATUS, sent=False, times=1, cause_value=97)
        self.still_up()
        self.hang_up()

    def does_message_that_does_not_fit(self):
        """ALERTING on a call that is up."""
        self.call()
        self.sw.say('message', '%04x' % self.cr, '01')
        self.sw.wait('rx', type=STATUS, cr=self.setup['cr'])
        self.still_up()
        self.hang_up()

    def does_references_of_no_call(self):
        self.call()
        self.sw.say('message', '1234', '45', '08028290')
        self.sw.wait('rx', cr=0x1234)
        self.sw.say('message', '1235', '4d', '08028290')
        self.sw.wait('rx', type=RELEASE_COMPLETE, cr=0x1235)
        self.sw.say('message', '9236', '5a', '08028290')
        self.sw.say('message', '1237', '7b', '700121')
        self.sw.wait('rx', cr=0x1237)
        self.on_wire(RELEASE_COMPLETE, sent=False, times=1, cause_value=81, call_ref=1235)
        self.still_up()
        self.hang_up()

    def does_status_null(self):
        """5.8.11: the far end has no such call: it is over at once, and nothing is sent."""
        self.call()
        self.sw.say('do', self.setup['call'], 'status:0:30', 'forget')
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 10))
        self.p.proc.terminate()
        e = self.outcome(self.p)
        self.assertTrue(e['remote_bye'], e)
        r = self.assert_record(cleared_by='out')
        print('STATUS with state 0: record', r['cause'], r['location'], 'BYE', e.get('bye_reason'))
        self.on_wire(STATUS, sent=True, times=1, call_state=0)
        self.on_wire(DISCONNECT, times=0)

    def does_status_incompatible(self):
        """State 1 while the call is active: cleared with cause 101."""
        self.call()
        self.sw.say('do', self.setup['call'], 'status:1:30')
        self.sw.wait('over', call=self.setup['call'])
        self.p.proc.terminate()
        e = self.outcome(self.p)
        self.assertEqual((e['remote_bye'], cause_in(e['bye_reason'])), (True, 101), e)
        self.assert_record(cause=101, cleared_by='out')

    def does_status_that_fits(self):
        self.call()
        self.sw.say('do', self.setup['call'], 'status:10:97')
        self.sw.say('do', self.setup['call'], 'notify:0')
        self.still_up()
        self.hang_up()
