# SPDX-License-Identifier: GPL-2.0-or-later
"""When things go wrong: the card, the line, the daemon, a stranger."""
import os
import re
import socket
import time

import bed
import sip_end
from test_causes import cause_in


class Faults(bed.CallTest):
    def up(self, n):
        """Waits until N calls from office are answered."""
        def answered():
            calls = self.gw.ctl('calls')['calls']
            return len(calls) == 2 * n and all(c['state'] == 'up' for c in calls)
        self.assertTrue(bed.wait_for(answered, 10), self.gw.ctl('calls'))

    def test_kill_9_in_mid_call(self):
        p = self.sipcall_start('-c', 5, '-R', 20, '-t', 60000)
        self.up(5)
        self.gw.kill()
        p.end()
        begun = time.monotonic()
        self.gw.start()
        self.assertEqual(self.gw.busy_lines(), [])
        r = self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')
        self.assertEqual(r['result'], 'answered', r)
        self.assertLess(time.monotonic() - begun - 1, 15 if bed.SLOW else 5)

    def test_span_down_in_mid_call_and_back(self):
        p = self.sipcall_start('-c', 3, '-R', 20, '-t', 60000, '-G', 30000)
        self.up(3)
        self.gw.cli('fault', '1', 'down', '1')
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 12), self.gw.ctl('calls'))
        spans = {s['no']: s for s in self.gw.ctl('spans')['spans']}
        self.assertFalse(spans[1]['in_service'])
        self.assertTrue(spans[1]['alarms'], spans[1])
        self.assertTrue(self.gw.ctl('status')['alarms'])
        _, text, _ = self.gw.cli('status')
        self.assertIn('span 1', text)
        # A call in the meantime is refused at once with a cause of its class: nothing waits for the line.
        refused = self.gw.ctl('call', trunk='telco', number='+442079460100')
        self.assertEqual((refused['result'], refused['cause']), ('failed', 27))
        self.gw.cli('fault', '1', 'down', '0')
        self.assertTrue(bed.wait_for(self.gw.in_service, 20), self.gw.ctl('spans'))
        self.assertEqual(self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')['result'], 'answered')
        p.proc.terminate()
        for e in self.sipcall_end(p)['ends']:
            self.assertEqual((e['remote_bye'], cause_in(e.get('bye_reason', ''))), (True, 41), e)

    def test_card_pulled_and_plugged(self):
        p = self.sipcall_start('-c', 2, '-R', 20, '-t', 60000)
        self.up(2)
        self.gw.cli('fault', '2', 'removed', '1')
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 12), self.gw.ctl('calls'))
        span = {s['no']: s for s in self.gw.ctl('spans')['spans']}[2]
        self.assertEqual((span['removed'], span['alarms'], span['trunk'], span['in_service']), (True, ['removed'], 'exchange', False))
        self.assertRegex(self.gw.cli('spans')[1], r'\n *2 .*exchange +removed ')
        self.assertEqual([t['why'] for t in self.gw.ctl('trunks')['trunks'] if t['name'] == 'exchange'], ['the card has none of its spans'])
        self.gw.cli('fault', '2', 'removed', '0')
        self.assertTrue(bed.wait_for(self.gw.in_service, 25), self.gw.ctl('spans'))
        self.assertEqual(self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')['result'], 'answered')
        p.proc.terminate()
        self.sipcall_end(p)

    def test_short_d_channel_loss_leaves_calls_alone(self):
        p = self.sipcall_start('-c', 2, '-R', 20, '-t', 9000)
        self.up(2)
        self.gw.cli('fault', '1', 'd-loss', '1000')
        time.sleep(3)
        self.gw.cli('fault', '1', 'd-loss', '0')
        r = self.sipcall_end(p)
        self.assert_all_answered(r, 2)
        self.assertTrue(all(e['verified'] > 60000 for e in r['ends']), r)

    def test_lossy_d_channel(self):
        """One frame in twenty lost and one in twenty broken, both ways: Q.921 repeats them, and calls complete."""
        for span in ('1', '2'):
            self.gw.cli('fault', span, 'd-loss', '50')
            self.gw.cli('fault', span, 'd-error', '50')
        r = self.sipcall('-c', 20, '-R', 4, '-t', 1500, '-x', 10, '-a', 'none')
        self.assert_all_answered(r, 20)
        for span in ('1', '2'):
            self.gw.cli('fault', span, 'd-loss', '0')
            self.gw.cli('fault', span, 'd-error', '0')

    def test_clock_offset_slips(self):
        """A far end 500 ppm fast: whole frames slip now and then, counted, and nothing else is harmed."""
        self.gw.cli('fault', '1', 'ppm', '500')
        r = self.sipcall('-c', 1, '-t', 8000)
        self.assert_all_answered(r, 1)
        e = self.ends(r, 'uac')[0]
        self.assertGreater(e['verified'], 40000)
        self.gw.cli('fault', '1', 'ppm', '0')


class Stranger(bed.CallTest):
    def ask(self, number, i):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(('127.0.0.2', bed.OTHER_PORT))
            s.settimeout(3)
            sdp = ('v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n'
                   'm=audio 4000 RTP/AVP 8\r\n')
            s.sendto(('INVITE sip:{n}@127.0.0.1:{p} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:{o};branch=z9hG4bKs{i}\r\n'
                      'Max-Forwards: 70\r\nFrom: <sip:mallory@127.0.0.2>;tag=s{i}\r\nTo: <sip:{n}@127.0.0.1>\r\n'
                      'Call-ID: stranger-{i}\r\nCSeq: 1 INVITE\r\nContact: <sip:m@127.0.0.2:{o}>\r\n'
                      'Content-Type: application/sdp\r\nContent-Length: {l}\r\n\r\n{b}').format(
                          n=number, p=bed.SIP_PORT, o=bed.OTHER_PORT, i=i, l=len(sdp), b=sdp).encode(),
                     ('127.0.0.1', bed.SIP_PORT))
            while True:
                text = s.recv(4096).decode()
                if not text.startswith('SIP/2.0 1'):
                    break
            s.sendto(('ACK sip:{n}@127.0.0.1:{p} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:{o};branch=z9hG4bKs{i}\r\n'
                      'Max-Forwards: 70\r\nFrom: <sip:mallory@127.0.0.2>;tag=s{i}\r\n{to}\r\n'
                      'Call-ID: stranger-{i}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n').format(
                          n=number, p=bed.SIP_PORT, o=bed.OTHER_PORT, i=i,
                          to=re.search(r'^To:.*$', text, re.M).group(0).strip()).encode(),
                     ('127.0.0.1', bed.SIP_PORT))
        text = text.replace(number, 'NUMBER')
        text = re.sub(r';tag=[^;\s]+', ';tag=T', text)
        return re.sub(r's%d\b|stranger-%d\b' % (i, i), 'I', re.sub(r'(?m)^Date:.*$', '', text))

    def test_refused_the_same_way_whatever_it_asks_for(self):
        numbers = ['+442079460100', '+442079460201', '+33140000000', 'admin', '112', '+4420794610000000']
        answers = {self.ask(n, i) for i, n in enumerate(numbers)}
        self.assertEqual(len(answers), 1, answers)
        self.assertRegex(answers.pop(), r'^SIP/2\.0 (403|401|407|404) ')
        status = self.gw.ctl('status')
        self.assertEqual(status['sip']['refused_source'], len(numbers))
        self.assertEqual(status['calls']['total'], 0)
        _, text, _ = self.gw.cli('status')
        self.assertRegex(text, r'%d from strangers' % len(numbers))


class NothingHalfStarts(bed.CallTest):
    autostart = False

    def test_a_bad_configuration_stops_the_start(self):
        self.gw.write('dids', '[office]\n+44* telko\n')
        self.gw.launch()
        self.assertNotEqual(self.gw.proc.wait(10), 0)
        self.gw.proc = None
        log = self.gw.tail()
        self.assertRegex(log, r'dids:2:\d+')
        self.assertIn('telco', log, 'a suggestion')
        self.assertFalse(os.path.exists(self.gw.sock))


class RefusedChannel(bed.CallTest):
    """The exchange will not have one channel (it is taken out there): a call that insists on it goes on another at once, and after three
    the channel is set aside with an alarm. RESTART, or the exchange's, brings it back."""

    def make_gateway(self, **kw):
        gw = super().make_gateway(**kw)
        with open(gw.conf + '/trunks.yaml', encoding='utf-8') as f:
            text = f.read()
        gw.write('trunks.yaml', text.replace('side: user', 'side: user, exclusive: true'))
        return gw

    def line(self, name):
        return next(x for x in self.gw.ctl('lines')['lines'] if x['line'] == name)

    def test_set_aside(self):
        self.gw.cli('out', '2/31')
        for n in range(1, 5):
            r = self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')
            self.assertEqual(r['result'], 'answered', r)
            self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 5))
            steps = [(s['what'], s['detail']) for s in self.gw.ladder(self.gw.records("in_trunk = 'test'")[-1]['call'])['steps'] if s['proto'] == 'Q.931' and s['side'] == 'out']
            setups = [d for w, d in steps if w == 'SETUP']
            self.assertEqual([('chan 31' in d, 'chan 30' in d) for d in setups], [(True, False)] * (n < 4) + [(False, True)], setups)
            self.assertTrue(all('exclusive' in d for d in setups), setups)
            self.assertEqual(any('cause 44' in d for _, d in steps), n < 4)
            self.assertEqual(self.line('1/31')['state'], 'idle' if n < 3 else 'set aside')
        self.assertEqual([r['out_line'] for r in self.gw.records("in_trunk = 'test'")], ['1/30'] * 4)
        refused = self.gw.records("in_trunk = 'exchange' AND cause = 44")
        self.assertEqual([r['why'] for r in refused], ['channel 31, which alone the far end asks for, is taken out of service here'] * 3)
        self.assertEqual([s['what'] for s in self.gw.ladder(refused[0]['call'])['steps'] if s['proto'] == 'Q.931'],
                         ['SETUP', 'RELEASE COMPLETE'])
        self.assertIn('chan 31: refused 3 times in a row with cause 44, others are taken: set aside', self.gw.tail(100))
        self.assertTrue(any('set aside' in str(a) for a in self.gw.ctl('status')['alarms']), self.gw.ctl('status')['alarms'])
        self.gw.cli('in', '2/31')
        self.assertTrue(bed.wait_for(lambda: self.line('1/31')['state'] == 'idle', 5))
        self.assertEqual(self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')['result'], 'answered')
        self.assertEqual(self.gw.records("in_trunk = 'test'")[-1]['out_line'], '1/31')


class SlowRelease(bed.CallTest):
    """The exchange has cleared, and its RELEASE COMPLETE does not come: whoever is on the SIP side hears of it at once, the channel stays
    busy until then, and the record says that the line cleared."""

    def test_bye_at_once(self):
        end = sip_end.End()
        self.addCleanup(end.close)
        for up in (True, False):
            out = end.invite('+442079460200')
            come = end.taken(end.get('INVITE'))
            if up:
                end.answer(come)
                end.acknowledge(out, end.get(200, out))
            else:
                end.reply(come, come['invite'], 180)
                end.get(180, out)
            time.sleep(0.3)
            self.gw.cli('fault', '2', 'd-loss', '1000')		# what comes to the exchange; its DISCONNECT goes
            begun = time.monotonic()
            if up:
                end.request(come, 'BYE', ['Reason: Q.850;cause=31'])
                m = end.get('BYE', out, 2)
                self.assertEqual(cause_in(m.get('Reason')), 31)
                end.reply({'local': m.get('To')}, m, 200)
            else:
                end.reply(come, come['invite'], 486)
                m = end.get(486, out, 2)
                end.acknowledge(out, m)
            self.assertLess(time.monotonic() - begun, 2)
            time.sleep(1)
            self.assertEqual([x['state'] for x in self.gw.busy_lines() if x['trunk'] == 'telco'], ['clearing'])
            self.gw.cli('fault', '2', 'd-loss', '0')
            self.assertEqual(self.gw.wait_idle(20), [])
            r = self.gw.records("in_trunk = 'office'")[-1]
            self.assertEqual((r['cleared_by'], r['cause'], r['out_cause'], r['out_far_end'], r['in_far_end']),
                             ('out', 31 if up else 17, 31 if up else 17, 1, 0))
