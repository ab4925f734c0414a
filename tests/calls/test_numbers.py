# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers from SIP over ISDN to SIP: what each header becomes on the line, and what it comes out as at the other end. The
gateway is the switch too: a call of the SIP peer goes out on one span, in on the other, and back to the peer."""
import bed
import sip_end
from pcap import fields, read, tshark

UUI = '00deadbeef00'


class Numbers(bed.CallTest):
    office = ', trust-identity: true'
    user, network, numbers = ', display: send, two-calling: true', '', ''

    def make_gateway(self, **kw):
        gw = super().make_gateway(**kw)
        with open(gw.conf + '/trunks.yaml', encoding='utf-8') as f:
            text = f.read()
        text = text.replace('side: user}', 'side: user%s}\n%s' % (self.user, self.numbers and '    numbers: {%s}' % self.numbers))
        gw.write('trunks.yaml', text.replace('side: network}', 'side: network%s}' % self.network))
        return gw

    def setUp(self):
        super().setUp()
        self.end = sip_end.End()

    def tearDown(self):
        self.end.close()
        super().tearDown()

    def through(self, number='+442079460200', rows=(), **kw):
        """A call to NUMBER; the two dialogs, the second one ringing."""
        out = self.end.invite(number, rows, **kw)
        come = self.end.taken(self.end.get('INVITE'))
        self.assertNotEqual(come['id'], out['id'])
        return out, come

    def up(self, out, come, rows=()):
        self.end.answer(come, rows)
        m = self.end.get(200, out)
        self.end.acknowledge(out, m)
        return m

    def over(self, out, come, rows=()):
        m = self.end.end(out, come, rows)
        self.assertEqual(self.gw.wait_idle(), [])
        return m

    def legs(self):
        """The records of the call on the way out and on the way in."""
        records = self.gw.records()
        return next(r for r in records if r['in_trunk'] == 'office'), next(r for r in records if r['in_trunk'] == 'exchange')


class Everything(Numbers):
    def test_all_that_belongs_to_a_caller(self):
        out, come = self.through('+442079460200;isub=77', [
            'P-Asserted-Identity: "J\u00f6rg" <sip:+442071838700;isub=42@127.0.0.1>', 'User-to-User: %s;encoding=hex' % UUI,
            'History-Info: <sip:+442071838001@h>;index=1, <sip:+442071838002@h;cause=486>;index=1.1;mp=1, '
            '<sip:+442079460200@h;cause=408>;index=1.1.1;mp=1.1'])
        m = come['invite']
        self.assertIn('+442079460200;isub=77;isub-encoding=nsap-ia5@', m.first)
        # The caller's own number and the one asserted, each in its place.
        self.assertIn('<sip:+442071838750@', m.get('From'))
        self.assertIn('"J\u00f6rg" <sip:+442071838700;isub=42;isub-encoding=nsap-ia5@', m.get('P-Asserted-Identity'))
        self.assertEqual(m.get('User-to-User'), UUI + ';encoding=hex')
        self.assertRegex(m.get('Diversion'), r'<sip:\+442071838002@[^>]*>;reason=no-answer;counter=1;privacy=off, '
                                             r'<sip:\+442071838001@[^>]*>;reason=')
        self.assertRegex(m.get('History-Info'), r'<sip:\+442071838001@[^>]*>;index=1, <sip:\+442071838002@[^>]*;cause=\d+>;'
                                                r'index=1.1;mp=1, <sip:\+442079460200[^>]*;cause=408>;index=1.1.1;mp=1.1')
        self.end.reply(come, m, 180, ['User-to-User: 04aa;encoding=hex'])
        self.assertEqual(self.end.get(180, out).get('User-to-User'), '04aa;encoding=hex')
        ok = self.up(out, come, ['P-Asserted-Identity: "Anna" <sip:+442079460299;isub=5@h>', 'User-to-User: 04bb00;encoding=hex'])
        self.assertIn('"Anna" <sip:+442079460299;isub=5;isub-encoding=nsap-ia5@', ok.get('P-Asserted-Identity'))
        self.assertEqual(ok.get('User-to-User'), '04bb00;encoding=hex')
        bye = self.over(out, come, ['User-to-User: 04cc;encoding=hex'])
        self.assertEqual(bye.get('User-to-User'), '04cc;encoding=hex')
        first, second = self.legs()
        self.assertEqual((first['in_calling_raw'], first['in_calling_user_raw'], first['in_redirecting_raw'], first['in_original_raw'],
                          first['in_redirect_count'], first['in_redirect_reason']),
                         ('442071838700', '442071838750', '442071838002', '442071838001', 2, 2))
        self.assertEqual((second['in_called_ie'], second['in_calling_ie']),
                         ('700ba132303739343630323030', '6c0c218132303731383338373030'))
        self.assertEqual(second['in_calling_user_ie'], '6c0c218032303731383338373530')
        self.assertEqual((second['in_redirecting_raw'], second['in_redirecting_ton'], second['in_redirect_count']), ('2071838002', 2, 2))
        self.assertEqual((first['out_connected_raw'], first['out_connected_ton'], first['out_connected_screening'],
                          first['out_connected_ie']), ('2079460299', 2, 1, '4c0c218132303739343630323939'))

    def test_what_another_program_reads(self):
        """tshark, of the D channel: two calling numbers, subaddresses, user-user information both ways, nothing malformed."""
        path = self.folder + '/numbers.pcapng'
        self.gw.cli('trace', 'start', path)
        out, come = self.through('+442079460200;isub=77', [
            'P-Asserted-Identity: <sip:+442071838700;isub=00ff;isub-encoding=user-specified@h>', 'User-to-User: %s;encoding=hex' % UUI])
        self.up(out, come, ['P-Asserted-Identity: <sip:+442079460299@h>', 'User-to-User: 00bb00;encoding=hex'])
        self.over(out, come, ['User-to-User: 00cc;encoding=hex'])
        self.gw.cli('trace', 'stop')
        self.assertEqual(read(path)[1], [])
        span = '%s && frame.interface_name == "D channel of span 1"'
        self.assertEqual(fields(path, span % 'q931.message_type == 0x05', 'q931.calling_party_number.digits',
                                'q931.called_party_number.digits'), [['2071838700,2071838750', '2079460200']])
        for message, wanted in (('0x05', ('Calling party subaddress', 'Called party subaddress', 'User-user', 'deadbeef00')),
                                ('0x07', ('Connected number', 'User-user', 'bb00')), ('0x45', ('User-user', 'cc'))):
            text = '\n'.join(tshark(path, '-Y', span % ('q931.message_type == ' + message), '-V', '-O', 'q931'))
            for words in wanted:
                self.assertIn(words, text)

    def test_another_program_reads_redirections(self):
        """EN 300 207-1's operation from the user and from the network: reason, count and numbers as tshark reads ETSI's
        operations. Read as QSIG's, which have the same numbers, they are malformed."""
        path = self.folder + '/redirected.pcapng'
        self.gw.write('dids', bed.DIDS['44'].replace('[office]\n', '[office]\n+44207183802x  exchange\n'))
        self.gw.cli('reload')
        self.gw.cli('trace', 'start', path)
        for number, reason in (('+442079460200', 'no-answer'), ('+442071838020', 'user-busy')):
            out, come = self.through(number, ['P-Asserted-Identity: <sip:+442071838700@h>', 'Diversion: '
                                              '<sip:+442071838002@h>;reason=%s;counter=2, <sip:+442071838001@h>;reason=unconditional;'
                                              'counter=1' % reason])
            self.assertRegex(come['invite'].get('Diversion'), r'^<sip:\+442071838002@[^>]*>;reason=%s;counter=\d;privacy=off, '
                                                              r'<sip:\+442071838001@' % reason)
            self.up(out, come)
            self.over(out, come)
        self.gw.cli('trace', 'stop')
        self.assertEqual(read(path)[1], [])
        self.assertNotEqual(fields(path, '_ws.malformed', 'frame.number', dialect='others'), [])
        seen = fields(path, 'isdn-sup.diversionReason', 'frame.interface_name', 'frame.p2p_dir', 'q931.message_type',
                      'isdn-sup.diversionReason', 'isdn-sup.diversionCounter', 'isdn-sup.publicNumberDigits',
                      'isdn-sup.publicTypeOfNumber')
        first, second = ('D channel of span 1', '0'), ('D channel of span 2', '1')	# sent by the user, received by the network
        back = ('D channel of span 2', '0'), ('D channel of span 1', '1')
        self.assertEqual(seen, [[*where, '0x05', reason, '3', '2071838002,2071838001', '2,2']	# cfnr, cfb; national
                                for reason, ends in (('3', (first, second)), ('2', back)) for where in ends])

    def test_a_refusal_says_something(self):
        out, come = self.through()
        self.end.reply(come, come['invite'], 486, ['User-to-User: %s;encoding=hex' % UUI])
        m = self.end.get(486, out)
        self.end.acknowledge(out, m)
        self.assertEqual(m.get('User-to-User'), UUI + ';encoding=hex')

    def test_privacy_each_way(self):
        out, come = self.through(rows=['P-Asserted-Identity: "Desk" <sip:+442071838700@h>', 'Privacy: id'])
        m = come['invite']
        self.assertIn('<sip:anonymous@anonymous.invalid>', m.get('From'))
        self.assertIn('<sip:+442071838700@', m.get('P-Asserted-Identity'))
        self.assertEqual(m.get('Privacy'), 'id')
        ok = self.up(out, come, ['P-Asserted-Identity: <sip:+442079460299@h>', 'Privacy: id'])
        self.assertIn('<sip:+442079460299@', ok.get('P-Asserted-Identity'))
        self.assertEqual(ok.get('Privacy'), 'id')
        self.over(out, come)
        first, second = self.legs()
        self.assertEqual((first['in_presentation'], second['in_presentation'], first['out_connected_presentation']), (1, 1, 1))

    def test_another_one_is_at_the_far_end(self):
        """UPDATE with a new identity becomes EctInform on the line, and UPDATE at the other end; one that says the same does not."""
        out, come = self.through()
        self.up(out, come, ['P-Asserted-Identity: <sip:+442079460299@h>'])
        for digits in ('442079460299', '442079460288'):
            self.end.request(come, 'UPDATE', ['P-Asserted-Identity: <sip:+%s@h>' % digits])
            self.end.get(200, come)
        m = self.end.get('UPDATE', out)
        self.end.reply({'local': m.get('To')}, m, 200)
        self.assertIn('<sip:+442079460288@', m.get('P-Asserted-Identity'))
        self.over(out, come)
        self.assertEqual([x.first for x in self.end.waiting if x.first.startswith('UPDATE')], [])
        self.assertEqual(self.legs()[0]['out_connected_raw'], '2079460288')


    def test_a_caller_without_update_gets_a_re_invite(self):
        self.end.allow = 'INVITE, ACK, CANCEL, BYE'
        out, come = self.through()
        self.up(out, come)
        self.end.request(come, 'INVITE', ['P-Asserted-Identity: <sip:+442079460288@h>'], sip_end.SDP % (bed.PEER_RTP + 2))
        self.end.acknowledge(come, self.end.get(200, come))
        m = self.end.get('INVITE', out)
        self.assertIn('<sip:+442079460288@', m.get('P-Asserted-Identity'))
        self.assertIn('a=sendrecv', m.body)
        self.end.reply({'local': m.get('To')}, m, 200, body=sip_end.SDP % bed.PEER_RTP)
        self.end.get('ACK', out)
        self.over(out, come)


class Wire(Numbers):
    """What a switch may want: one type and plan for all, keypad, the time with the answer."""
    user = ', keypad: true'
    network = ', date-time: seconds'
    numbers = 'called: dialled, called-type: subscriber, called-plan: private, calling: local, calling-plan: unknown'
    dids = bed.DIDS['44'].replace('[exchange]\n', '[exchange]\n02079460200  office/+442079460200\n*21#  test/milliwatt\n').replace(
        '[office]\n', '[office]\n*21#  telco/*21#\n')

    def test_type_and_plan(self):
        out, come = self.through(sender='<sip:+442079461234@127.0.0.1>')
        self.up(out, come)
        self.over(out, come)
        first, second = self.legs()
        self.assertEqual((first['out_called_raw'], first['out_called_ton'], first['out_called_npi']), ('02079460200', 4, 9))
        self.assertEqual((first['out_calling_raw'], first['out_calling_ton'], first['out_calling_npi']), ('79461234', 4, 0))
        self.assertEqual((second['in_called_ie'], second['in_calling_ie']), ('700cc93032303739343630323030', '6c0a40803739343631323334'))
        self.assertRegex(first['out_date_time'], r'^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$')

    def test_a_service_code_goes_by_keypad(self):
        out = self.end.invite('*21%23')
        m = self.end.get(200, out)
        self.end.acknowledge(out, m)
        self.end.request(out, 'BYE')
        self.end.get(200, out)
        self.assertEqual(self.gw.wait_idle(), [])
        first, second = self.legs()
        self.assertEqual((first['out_called_raw'], second['in_called_ie'], second['in_called_raw']), ('*21#', '', '*21#'))
        for leg in (first, second):
            setup = [s['detail'] for s in self.gw.ladder(leg['call'])['steps'] if s['what'] == 'SETUP']
            self.assertEqual(len(setup), 1)
            self.assertIn(' keypad *21#', setup[0])


class Allowed(Numbers):
    numbers = 'calling-allowed: ["+44207183870?", "+442079469*"], calling-default: "+442079469000"'

    def test_only_the_trunks_own_numbers_go_out(self):
        for caller, shown, rule in (('+442071838705', '+442071838705', ''), ('+442071838750', '+442079469000', 'replaced'),
                                    ('+33140000000', '+442079469000', 'replaced'), ('anonymous', '+442079469000', 'added')):
            with self.subTest(caller=caller):
                sender = '<sip:%s@127.0.0.1>' % caller if caller != 'anonymous' else '<sip:anonymous@anonymous.invalid>'
                out, come = self.through(sender=sender)
                self.assertIn('<sip:%s@' % shown, come['invite'].get('P-Asserted-Identity'))
                self.assertEqual('anonymous' in come['invite'].get('From'), caller == 'anonymous')
                self.up(out, come)
                self.over(out, come)
        rules = [(r['out_calling_rule'], r['out_calling']) for r in self.gw.records("in_trunk = 'office'")]
        self.assertEqual(rules, [('', '+442071838705'), ('replaced', '+442071838750'), ('replaced', '+33140000000'), ('added', '')])


class Withheld(Numbers):
    numbers = 'calling-allowed: "+44207183870?"'
    dids = bed.DIDS['44'].replace('[office]\n', '[office]\n112  telco/112  emergency\n').replace('[exchange]\n', '[exchange]\n112  office/112\n')

    def test_a_number_that_is_not_the_trunks_stays_here_for_emergency_calls_too(self):
        for number in ('+442079460200', '112'):
            with self.subTest(number=number):
                out, come = self.through(number, ['P-Asserted-Identity: "Eve" <sip:+33140000000@h>'])
                self.assertEqual(come['invite'].get('P-Asserted-Identity'), '')
                self.assertIn('<sip:unavailable@unknown.invalid>', come['invite'].get('From'))
                self.assertNotIn('Eve', come['invite'].get('From'))
                self.up(out, come)
                self.over(out, come)
        self.assertEqual([r['out_calling_rule'] for r in self.gw.records("in_trunk = 'office'")], ['withheld', 'withheld'])


class Headers(Numbers):
    office = ', trust-identity: true, diversion: history-info'

    def test_one_header_alone(self):
        out, come = self.through(rows=['Diversion: <sip:+442071838001@h>;reason=user-busy;counter=1'])
        self.assertEqual(come['invite'].get('Diversion'), '')
        self.assertRegex(come['invite'].get('History-Info'), r'^<sip:\+442071838001@[^>]*>;index=1, <[^>]*;cause=486>;index=1.1;mp=1$')
        self.up(out, come)
        self.over(out, come)


class Stranger(Numbers):
    office = ''

    def test_what_is_hidden_is_not_in_what_he_gets(self):
        out, come = self.through(rows=['Privacy: id;history', 'Diversion: <sip:+442071838002@h>;reason=no-answer;privacy=full, '
                                       '<sip:+442071838001@h>;reason=user-busy;privacy=full'])
        m = come['invite']
        text = '\n'.join('%s: %s' % row for row in m.rows)
        for hidden in '2071838750', '2071838001', '2071838002':
            self.assertNotIn(hidden, text)
        self.assertEqual(m.get('Diversion'), '<sip:anonymous@anonymous.invalid>;reason=no-answer;counter=1;privacy=full, '
                                             '<sip:anonymous@anonymous.invalid>;reason=unknown;counter=1;privacy=full')
        self.assertEqual(m.get('Privacy'), 'id')
        self.up(out, come)
        self.over(out, come)


class Ni2(Numbers):
    """NI2: names in facilities; the exchange's comes after SETUP. One redirection, in the element."""
    span = bed.T1
    user, network = ', display: none', ', display: none'

    def test_names_and_redirection(self):
        out, come = self.through('+12125550200', ['P-Asserted-Identity: "Joe" <sip:+12125553001@h>',
                                                  'Diversion: <sip:+12125553002@h>;reason=deflection'],
                                 sender='<sip:+12125553001@h>')
        m = come['invite']
        self.assertIn('"Joe" <sip:+12125553001@', m.get('P-Asserted-Identity'))
        self.assertRegex(m.get('Diversion'), r'<sip:\+12125553002@[^>]*>;reason=deflection;counter=1')
        self.up(out, come)
        self.over(out, come)
        self.assertEqual(self.legs()[1]['in_redirecting_ie'], '740d21008432313235353533303032')


class SentOn(Numbers):
    """The called side sends the call on by itself while it is set up, and says so: 181 and History-Info, FACILITY on the line
    (divertingLegInformation1 and 3), 181 and History-Info for the caller."""

    def test_told_on(self):
        out, come = self.through()
        where = ('History-Info: <sip:+442079460200@h>;index=1, <sip:+442071838799@h;cause=486>;index=1.1;mp=1')
        self.end.reply(come, come['invite'], 181, [where])
        m = self.end.get(181, out)
        self.assertRegex(m.get('History-Info'), r'^<sip:\+442079460200@[^>]*>;index=1, <sip:\+442071838799@[^>]*;cause=486>;index=1.1;mp=1$')
        self.end.reply(come, come['invite'], 180, [where])		# again, and it is told once
        self.assertIn('+442071838799', self.end.get(180, out).get('History-Info'))
        self.assertIn('+442071838799', self.up(out, come, [where]).get('History-Info'))
        self.over(out, come)
        messages = [s['what'] for s in self.gw.ladder(1)['steps'] if s['proto'] == 'Q.931']
        self.assertEqual(messages.count('FACILITY'), 2, messages)
        statuses = [s['what'].split()[0] for s in self.gw.ladder(1)['steps'] if s['proto'] == 'SIP' and s['out'] and s['what'][0] in '12']
        self.assertEqual(statuses[:4], ['100', '181', '180', '200'])
        self.assertTrue(any(s['what'] == 'diverted' for s in self.gw.ladder(1)['steps']))

    def test_nowhere_named(self):
        """181 alone, or with what the call was sent with: nothing can be said on the line, and the call goes on."""
        out, come = self.through()
        self.end.reply(come, come['invite'], 181)
        self.end.reply(come, come['invite'], 180, ['History-Info: <sip:+442079460200@h>;index=1'])
        self.assertEqual(self.end.get(180, out).get('History-Info'), '')
        self.up(out, come)
        self.over(out, come)
        self.assertNotIn('FACILITY', [s['what'] for s in self.gw.ladder(1)['steps']])


class SentOnHere(Numbers):
    """302, and the gateway calls the new number: its caller hears of it too."""

    def sent_on(self, *diversion):
        out, come = self.through()
        m = come['invite']
        self.end.write(['SIP/2.0 302 Elsewhere', *['Via: ' + v for k, v in m.rows if k.lower() == 'via'], 'From: ' + m.get('From'),
                        'To: ' + come['local'], 'Call-ID: ' + m.get('Call-ID'), 'CSeq: ' + m.get('CSeq'),
                        'Contact: <sip:+442079460201@127.0.0.1>', *diversion])
        self.end.get('ACK', come)
        self.assertIn('+442079460201', self.end.get(181, out).get('History-Info'))
        again = self.end.taken(self.end.get('INVITE'))
        self.assertIn('+442079460201', again['invite'].first)
        self.up(out, again)
        self.over(out, again)
        return again['invite'].get('Diversion')

    def test_302(self):
        self.assertRegex(self.sent_on(), r'^<sip:\+442079460200@[^>]*>;reason=unconditional;counter=1;privacy=off$')

    def test_302_says_why_and_who_may_know(self):
        said = self.sent_on('Diversion: <sip:+442079460200@h>;reason=user-busy;privacy=full')
        self.assertRegex(said, r'^<sip:\+442079460200@[^>]*>;reason=user-busy;counter=1;privacy=full$')
