# SPDX-License-Identifier: GPL-2.0-or-later
"""What an operator does: status, explain, test call, ladder, clear, drain, reload."""
import signal
import time

import bed
from test_causes import cause_in


class Operation(bed.CallTest):
    def one_call(self, hold=60000):
        p = self.sipcall_start('-c', 1, '-t', hold)
        self.assertTrue(bed.wait_for(lambda: [c for c in self.gw.ctl('calls')['calls'] if c['state'] == 'up'
                                              and c['in']['trunk'] == 'office'], 10))
        call = [c for c in self.gw.ctl('calls')['calls'] if c['in']['trunk'] == 'office'][0]
        return p, call

    def finish(self, p):
        p.proc.terminate()
        return self.sipcall_end(p)

    def test_clear(self):
        p, call = self.one_call()
        _, text, _ = self.gw.cli('calls')
        self.assertIn('+442079460200', text)
        self.gw.cli('clear', str(call['call']))
        self.assertEqual(self.gw.wait_idle(), [])
        r = self.finish(p)
        self.assertTrue(all(e['remote_bye'] for e in r['ends']), r)
        self.assertEqual(cause_in(self.ends(r, 'uac')[0].get('bye_reason', 'Q.850;cause=16')), 16)
        self.assertEqual(self.gw.records("in_trunk = 'office'")[0]['cleared_by'], 'gateway')
        self.assertNotEqual(self.gw.cli('clear', '999999', check=False)[0], 0)

    def test_drain(self):
        p, _ = self.one_call()
        self.gw.cli('drain')
        refused = self.sipp_refused()
        self.assertIn('503', refused)
        self.assertIn('Retry-After', refused)
        self.assertTrue(self.gw.ctl('status')['draining'])
        self.assertEqual(self.gw.calls_now(), 2, 'the call that is up stays')
        self.assertIn('telco: draining\n', self.gw.cli('call', 'telco', '+442079460100', check=False)[1])
        self.gw.ctl('drain', on=False)
        self.finish(p)
        answer = self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')
        self.assertEqual(answer['result'], 'answered')
        self.assertEqual(answer['heard'], '1004 Hz at 0.0 dBm0')	# also of one second

    def test_calls_that_cannot_be(self):
        """Why a test call cannot go out is said."""
        code, out, err = self.gw.cli('call', 'telco', '+442079460100', '--overlap', check=False)
        self.assertEqual((code, out), (1, ''))
        self.assertIn('the trunk "telco" has no overlap', err)
        self.gw.cli('fault', '1', 'down')
        self.assertTrue(bed.wait_for(lambda: not self.gw.ctl('trunks')['trunks'][0]['in_service'], 10))
        self.assertIn('telco: span 1 is in alarm\n', self.gw.cli('call', 'telco', '+442079460100', check=False)[1])
        self.gw.cli('fault', '1', 'down', '0')
        self.assertTrue(bed.wait_for(self.gw.in_service, 30))

    def states(self, span):
        return {line['state'] for line in self.gw.ctl('lines')['lines'] if line['line'].startswith('%d/' % span)}

    def told(self):
        return [a['what'] for a in self.gw.ctl('status')['alarms']]

    def trunk(self, name):
        """(in service, why not)"""
        return [(t['in_service'], t['why']) for t in self.gw.ctl('trunks')['trunks'] if t['name'] == name][0]

    def test_out_of_service_and_back(self):
        p, call = self.one_call()
        span, pos = (int(n) for n in call['out']['line'].split('/'))
        _, text, _ = self.gw.cli('out', 'span', str(span))
        self.assertIn('30 lines taken out of service, 1 of them when its call ends', text)
        self.assertEqual(self.states(span), {'up', 'taken out'})
        note = [line for line in self.gw.ctl('lines')['lines'] if line['line'] == call['out']['line']][0]['note']
        self.assertIn('when its call ends', note)
        self.assertEqual(self.gw.cli_json_any('call', 'telco', '+442079460100')['cause'], 34)
        # From the other end, which names a channel but does not insist: there is no other.
        self.assertEqual(self.gw.cli_json_any('call', 'exchange', '+442079460101')['cause'], 34)
        self.gw.write('dids', bed.DIDS['44'] + '\n# again\n')
        self.gw.cli('reload')
        self.assertEqual(self.states(span), {'up', 'taken out'}, 'a reload puts nothing back')
        self.assertIn('telco: span %d: 30 lines taken out of service by command, the first is %d/1' % (span, span),
                      self.told())
        self.assertIn(call['call'], [c['call'] for c in self.gw.ctl('calls')['calls']])
        r = self.finish(p)
        self.assertTrue(all(e['errors'] == 0 and e['verified'] > 0 for e in r['ends']), r)
        self.assertTrue(bed.wait_for(lambda: self.states(span) == {'taken out'}, 10))
        self.assertEqual(self.trunk('telco'), (False, 'every line is taken out of service by command'))
        self.assertRegex(self.gw.cli('trunks')[1], r'telco .*out of service .*every line is taken out of service by command')
        # One line is enough for one call.
        chan = [line['chan'] for line in self.gw.ctl('lines')['lines'] if line['line'] == call['out']['line']][0]
        self.assertEqual(self.gw.cli('in', str(chan))[1], '%s put back into service\n' % call['out']['line'])
        self.assertTrue(bed.wait_for(lambda: 'idle' in self.states(span), 10))
        self.assertEqual(self.trunk('telco'), (True, ''))
        self.assertEqual(self.gw.cli_json('call', 'telco', '+442079460100', '--seconds', '1')['line'], '%d/%d' % (span, pos))
        self.gw.cli('in', 'telco')
        self.assertEqual(self.gw.wait_idle(), [])
        self.assertEqual([t for t in self.told() if 'taken out' in t], [])
        before = [s for s in self.gw.ctl('spans')['spans'] if s['no'] == span][0]['restarts']
        self.gw.cli('restart', 'telco')
        self.assertEqual(self.gw.wait_idle(), [])
        self.assertEqual([s for s in self.gw.ctl('spans')['spans'] if s['no'] == span][0]['restarts'], before + 30)
        self.assertIn('there is no ISDN line', self.gw.cli('out', '9/9', check=False)[2])
        self.assertIn('there is no ISDN line', self.gw.cli('out', 'office', check=False)[2])

    def sipp_refused(self):
        """What the gateway answers to a new INVITE."""
        peer = self.sipp('uac_answer', bed.OTHER_PORT, '-trace_msg', '-message_file', self.folder + '/msg',
                         number='+442079460100')
        self.assertNotEqual(peer.wait(20)[0], 0)
        with open(self.folder + '/msg', encoding='utf-8') as f:
            return f.read()

    def test_reload_keeps_calls(self):
        p, call = self.one_call()
        dids = bed.DIDS['44'].replace('+442079460101         test/quiet', '+442079460101         test/busy')
        self.gw.write('dids', dids)
        self.gw.cli('reload')
        self.assertEqual(self.gw.cli_json_any('call', 'telco', '+442079460101')['result'], 'busy')
        self.assertIn(call['call'], [c['call'] for c in self.gw.ctl('calls')['calls']])
        # A bad file changes nothing, and says where.
        self.gw.write('dids', dids + '\n[office]\nnonsense here\n')
        status, out, err = self.gw.cli('reload', check=False)
        self.assertNotEqual(status, 0)
        self.assertRegex(out + err, r'dids:\d+:\d+')
        self.assertTrue(out.endswith('\nnothing was applied: the files have errors\n'), out)
        self.assertEqual(self.gw.cli_json_any('call', 'telco', '+442079460101')['result'], 'busy')
        # By signal, too.
        self.gw.write('dids', bed.DIDS['44'])
        self.gw.proc.send_signal(signal.SIGHUP)
        self.assertTrue(bed.wait_for(lambda: self.gw.ctl('explain', trunk='exchange', number='+442079460101')
                                     ['destinations'][0]['dest'] == 'test/quiet', 5))
        time.sleep(1.3)
        r = self.finish(p)
        self.assertTrue(all(e['verified'] > 8000 for e in r['ends']), r)

    def test_explain(self):
        _, text, _ = self.gw.cli('explain', 'office', '020 7946 0100')
        self.assertIn('+442079460100', text)
        self.assertIn('telco', text)
        r = self.gw.cli_json_any('explain', 'office', '+33140000000')
        self.assertEqual(r['destinations'], [])
        self.assertIn('refused', r['verdict'])
        self.assertEqual(self.gw.ctl('status')['calls']['total'], 0, 'it placed no call')

    def test_ladder(self):
        """One time line: Q.931, SIP, media and the call itself, in the order they happened."""
        r = self.sipcall('-c', 1, '-t', 1500, '-g', 300)
        self.assert_all_answered(r, 1)
        self.gw.wait_idle()
        record = self.gw.records("in_trunk = 'office'")[0]
        ladder = self.gw.ladder(record['call'])
        what = ['%s %s' % (s['proto'], s['what']) for s in ladder['steps']]
        place = -1
        for want in (r'SIP INVITE', r'Q\.931 SETUP', r'Q\.931 (CALL|SETUP|PROC).*', r'Q\.931 ALERTING', r'SIP 180',
                     r'Q\.931 CONNECT', r'SIP 200', r'SIP BYE', r'Q\.931 DISCONNECT', r'Q\.931 RELEASE'):
            after = [i for i, w in enumerate(what) if i > place and bed.re.match(want, w)]
            self.assertTrue(after, '%s is not in its place in %s' % (want, what))
            place = after[0]
        self.assertIn('media', {s['proto'] for s in ladder['steps']})
        times = [s['ms'] for s in ladder['steps']]
        self.assertEqual(times, sorted(times))
        _, text, _ = self.gw.cli('ladder', str(record['call']))
        for word in ('INVITE', 'SETUP', 'CONNECT', 'DISCONNECT', 'office', 'telco'):
            self.assertIn(word, text)

    def test_tables(self):
        for command, words in (('status', ['telco', 'office']), ('spans', ['E1', 'euroisdn|up']),
                               ('lines', ['1/31', 'idle']), ('trunks', ['exchange', '127.0.0.1'])):
            with self.subTest(command=command):
                _, text, _ = self.gw.cli(command)
                for w in words:
                    self.assertRegex(text.lower(), w.lower())
                self.assertIsInstance(self.gw.cli_json(command), dict)
        self.assertEqual(len(self.gw.ctl('lines')['lines']), 60)

    def test_orderly_stop_clears_calls(self):
        p, _ = self.one_call()
        self.assertEqual(self.gw.stop(), 0)
        r = self.finish(p)
        self.assertTrue(all(e['remote_bye'] for e in r['ends']), r)
        records = self.gw.records_at_rest()
        self.assertEqual(len(records), 2)
        self.assertTrue(all(x['answer_ms'] for x in records))

    def test_numbers_and_identity(self):
        """Calling number with its presentation passes the line: SIP, Q.931, SIP."""
        r = self.sipcall('-c', 1, '-t', 500, '-f', '+442071834567')
        uas = self.ends(r, 'uas')[0]
        self.assertEqual((uas['calling'], uas['called']), ('+442071834567', '+442079460200'))
        r = self.sipcall('-c', 1, '-t', 500, '-f', '+442071834567', '-H', 'Privacy: id')
        uas = self.ends(r, 'uas')[0]
        self.assertNotIn('2071834567', uas['from'], 'withheld')
        self.assertIn('anonymous', uas['from'].lower())


class Identity(bed.CallTest):
    office = ', trust-identity: true'

    def test_asserted_identity(self):
        r = self.sipcall('-c', 1, '-t', 500, '-f', '+442071834567', '-H',
                         'P-Asserted-Identity: <sip:+442071830001@127.0.0.1>', '-H', 'Privacy: id')
        uas = self.ends(r, 'uas')[0]
        self.assertIn('+442071830001', uas.get('pai', ''))
        self.assertIn('id', uas.get('privacy', ''))
        self.assertIn('anonymous', uas['from'].lower())
