# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of dialects on the real driver: for every dialect and side a gateway on span 1 and isdn_switch on span 2, and between
them every cell: calls, causes of every class, names, redirecting numbers, digits one by one, hold. What a dialect has not, by
channels/pri_dialect.c, must not be there: that is checked as well. The lines of the table are made of what ran."""
import json
import os
import subprocess
import threading

import bed
import dialect_bed
from switchbed import SETUP_ACK

WORKS, NOT_PART = 'works', 'not part'
INFORMATION, HOLD, HOLD_REJECT, RETRIEVE, NOTIFY = 0x7b, 0x24, 0x30, 0x31, 0x6e

# One of each class of Q.850 at least, and the status of RFC 3398 7.2.4.1.
CAUSES = {1: 404, 17: 486, 34: 503, 44: 503, 58: 503, 79: 501, 88: 503, 102: 504, 111: 500, 127: 500}
NAME = 'Front desk'


def table():
    p = subprocess.run([os.path.join(bed.BUILD, 'tests/tools/dialects')], capture_output=True, text=True, timeout=20, check=True)
    return json.loads(p.stdout)


class Cells(dialect_bed.Pair):
    causes = CAUSES
    cells = ('call in', 'call out', 'causes in', 'causes out', 'name in', 'name out', 'redirecting in', 'redirecting out',
             'overlap receiving', 'overlap sending', 'hold by SIP', 'hold by far end', 'hold told by NOTIFY',
             'NOTIFY of hold heard')

    # --- calls and causes

    def cell_call_in(self):
        """Cleared by the switch, and by SIP."""
        call, far = self.come_in()
        self.clear(call, 16)
        self.until(lambda: far.over)
        self.test.assertEqual(far.ended_by, 16, self.name)
        self.record(in_line='1/3', in_called=self.home + self.come + '000', cause=16, cleared_by='in', out_trunk='office')
        call, far = self.come_in()
        self.sip.bye(far)
        self.test.assertEqual(self.sw.wait('disconnect', call=call)['cause'], 16, self.name)
        self.sw.wait('over', call=call)
        self.record(in_line='1/3', cause=16, cleared_by='out')
        return WORKS

    def cell_call_out(self):
        setup, out = self.go_out()
        self.test.assertIn(setup['called'], self.out + '000')
        self.sip.bye(out)
        self.sw.wait('over', call=setup['call'])
        self.record(out_line='1/%d' % setup['channel'], cause=16, cleared_by='in', in_trunk='office')
        setup, out = self.go_out()
        self.clear(setup['call'], 31)
        self.until(lambda: out.over)
        self.test.assertEqual(out.ended_by, 31, self.name)
        self.record(out_line='1/%d' % setup['channel'], cause=31, cleared_by='out')
        return WORKS

    def cell_causes_in(self):
        """Calls of the switch, all at once; SIP refuses each with a cause of its own."""
        calls = {self.place('%s%03d' % (self.come, c)): c for c in CAUSES}
        got = {}
        for call in calls:
            self.sw.wait_any('over', call=call)
        for e in self.sw.seen:
            if e['event'] in ('disconnect', 'release', 'release_complete') and e.get('call') in calls:
                got.setdefault(e['call'], e['cause'])
        self.test.assertEqual(got, calls, self.name)
        self.refused('in', "in_trunk = 'telco' AND answer_ms IS NULL", 'in_called', 'out')
        return WORKS

    def cell_causes_out(self):
        """Calls of SIP, all at once; the switch refuses each with a cause of its own."""
        self.sw.say('incoming', 'proceeding', 'disconnect:called')
        outs = {c: self.sip.dial('%s%03d' % (self.out, c), self.home + self.caller) for c in CAUSES}
        self.until(lambda: all(o.status for o in outs.values()))
        self.test.assertEqual({c: (o.status, o.cause) for c, o in outs.items()}, {c: (s, c) for c, s in CAUSES.items()}, self.name)
        self.refused('out', "in_trunk = 'office' AND answer_ms IS NULL", 'in_called', 'out')
        return WORKS

    def refused(self, leg, where, number, by):
        """Each has its record, with its cause, a line of its own, and who cleared."""
        self.settled()
        rows = self.gw.records(where, len(CAUSES))
        self.test.assertEqual({int(r[number][-3:]): (r['cause'], r['cleared_by']) for r in rows},
                              {c: (c, by) for c in CAUSES}, self.name)
        self.test.assertEqual(len({r[leg + '_line'] for r in rows}), len(CAUSES), self.name)

    # --- who calls, and who sent the call on

    def has_name(self, by_network):
        return self.row['name_net' if by_network else 'name_user'] != 'none'

    def cell_name_in(self):
        call, _ = self.come_in('name:' + NAME.replace(' ', '_'))
        there = '"%s"' % NAME in self.sip.invites[-1].get('From')
        self.clear(call)
        self.test.assertEqual((self.name, there), (self.name, self.has_name(self.side == 'user')))
        return WORKS if there else NOT_PART

    def cell_name_out(self):
        setup, out = self.go_out(name=NAME)
        self.sip.bye(out)
        self.sw.wait('over', call=setup['call'])
        self.test.assertEqual((self.name, setup['name']), (self.name, NAME if self.has_name(self.side == 'network') else ''))
        self.test.assertIn(setup['calling'][-9:], self.caller)
        return WORKS if setup['name'] else NOT_PART

    def cell_redirecting_in(self):
        call, _ = self.come_in('from:' + self.diverted)
        self.clear(call)
        head = self.sip.invites[-1].get('Diversion')
        there = self.home + self.diverted in head and 'reason=no-answer' in head
        self.test.assertEqual((self.name, there), (self.name, self.row['redirecting'] != 'none'), head)
        return WORKS if there else NOT_PART

    def cell_redirecting_out(self):
        setup, out = self.go_out(diverted=self.home + self.diverted)
        self.sip.bye(out)
        self.sw.wait('over', call=setup['call'])
        there = setup['from'] != '' and setup['from'] in self.home + self.diverted and setup['from_reason'] == 2
        self.test.assertEqual((self.name, there), (self.name, self.row['redirecting'] != 'none'), setup)
        return WORKS if there else NOT_PART

    # --- digits one after the other

    def refuses_overlap(self):
        """The checker, for who asks for it all the same: where it stands, to the column."""
        folder = os.path.join(self.folder, 'check')
        os.makedirs(folder)
        text = self.conf(True)
        for name, content in (('trunks.yaml', text), ('dids', self.dids())):
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                f.write(content)
        p = subprocess.run([os.path.join(bed.BUILD, 'tipring'), '--json', 'check', folder], capture_output=True, text=True,
                           timeout=30, check=False)
        at = text[:text.index('overlap: true') + len('overlap: ')].split('\n')
        errors = [(e['line'], e['column'], e['message']) for e in json.loads(p.stdout).get('errors', [])]
        self.test.assertEqual(errors, [(len(at), len(at[-1]) + 1, '%s has no overlap' % self.row['name'])], self.name)

    def cell_overlap_receiving(self):
        number = self.come + '000'
        call = self.place(number[:4], 'overlap')
        if not self.row['overlap']:
            self.refuses_overlap()
            self.sw.wait('over', call=call)	# taken as it is: nobody has such a number
            self.on_wire(SETUP_ACK, False, 0)
            self.record(cause=1, in_called_raw=number[:4], cleared_by='gateway')
            return NOT_PART
        known = len(self.sip.calls)
        self.sw.wait('setup_ack', call=call)
        self.sw.say('do', call, 'digits:' + number[4:])
        self.sw.wait('connect', call=call)
        self.test.assertEqual([self.sip.called(m) for m in self.sip.invites[known - len(self.sip.calls) or -1:]],
                              [self.home + number], self.name)
        self.clear(call)
        self.record(in_called=self.home + number, in_line='1/3', cause=16, cleared_by='in')
        self.on_wire(SETUP_ACK, False, 1)
        self.on_wire(INFORMATION, True, len(number) - 4)
        return WORKS

    def cell_overlap_sending(self):
        """A test call of the gateway, dialled digit by digit. En bloc: that is refused, and all digits are in SETUP, whatever the far
        end asks for."""
        number, reports, by_digit = self.out + '000', [], self.row['overlap']
        if not by_digit:
            with self.test.assertRaisesRegex(RuntimeError, 'has no overlap'):
                self.gw.ctl('call', trunk='telco', number=number, overlap=True, seconds=9)
        self.sw.say('incoming', 'setup-ack')
        t = threading.Thread(target=lambda: reports.append(
            self.gw.ctl('call', trunk='telco', number=number, overlap=by_digit, seconds=9)))
        t.start()
        setup = self.sw.wait('setup')
        called = setup['called']
        while self.row['overlap'] and len(called) < 10:
            called += self.sw.wait('digits')['digits']
        self.test.assertEqual((self.name, called), (self.name, number[-10:]))
        self.sw.say('do', setup['call'], 'proceeding', 'alerting', 'connect', 'wait:100', 'disconnect:16')
        self.sw.wait('over', call=setup['call'])
        t.join(20)
        self.test.assertEqual([r['result'] for r in reports], ['answered'], self.name)
        self.record(out_line='1/%d' % setup['channel'], out_called=number, cause=16, cleared_by='out')
        self.on_wire(INFORMATION, False, *([0] if not self.row['overlap'] else [None]))
        return WORKS if called != setup['called'] else NOT_PART

    # --- hold

    def line_of(self, pos):
        return [x['state'] for x in self.gw.ctl('lines')['lines'] if x['line'] == '1/%d' % pos]

    def cell_hold_by_SIP(self):
        """HOLD and RETRIEVE: a held call has no channel."""
        self.sw.say('has-hold', 'on')
        call, far = self.come_in()
        self.sip.hold(far)
        self.sw.wait('held', call=call)
        self.until(lambda: not self.gw.busy_lines())
        self.test.assertEqual(self.gw.calls_now(), 1)
        self.sip.hold(far, 'sendrecv')
        e = self.sw.wait('retrieved', call=call)
        self.until(lambda: [x['state'] for x in self.gw.busy_lines()] == ['up'])
        self.test.assertEqual(self.gw.busy_lines()[0]['line'], '1/%d' % e['channel'])
        self.clear(call)
        self.record(in_line='1/%d' % e['channel'], cause=16, cleared_by='in')
        self.on_wire(HOLD, False)
        self.on_wire(RETRIEVE, False)
        self.on_wire(NOTIFY, False, 0)
        return WORKS

    def cell_hold_by_far_end(self):
        setup, out = self.go_out()
        self.sw.say('do', setup['call'], 'hold')
        self.sw.wait('hold_ack', call=setup['call'])
        self.until(lambda: out.directions and out.directions[-1] != 'sendrecv' and not self.gw.busy_lines())
        self.sw.say('do', setup['call'], 'retrieve')
        self.sw.wait('retrieve_ack', call=setup['call'])
        self.until(lambda: out.directions[-1] == 'sendrecv' and [x['state'] for x in self.gw.busy_lines()] == ['up'])
        self.sip.bye(out)
        self.sw.wait('over', call=setup['call'])
        self.record(cause=16, cleared_by='in')
        self.on_wire(HOLD, True, 1)
        self.on_wire(RETRIEVE, True, 1)
        return WORKS

    def cell_hold_told_by_NOTIFY(self):
        """HOLD is refused: the channel stays, and NOTIFY tells of the hold. Where there is none, SIP's hold goes on here."""
        self.sw.say('has-hold', 'off')
        call, far = self.come_in()
        for direction, info in (('sendonly', 0x79), ('sendrecv', 0x7a)):
            known = self.sip.answers.count(('INVITE', 200))
            self.sip.hold(far, direction)
            self.until(lambda n=known: self.sip.answers.count(('INVITE', 200)) > n)
            if self.row['hold_notify']:
                self.sw.wait('notify', info=info)
            elif direction == 'sendonly':
                self.until(lambda: 'HOLD refused with cause 69' in self.gw.tail(5))
            self.test.assertEqual([x['state'] for x in self.gw.busy_lines()], ['up'])
        self.clear(call)
        self.record(in_line='1/3', cause=16, cleared_by='in')
        self.on_wire(HOLD, False)
        self.on_wire(HOLD_REJECT, True, cause_value=69)
        self.on_wire(NOTIFY, False, 2 if self.row['hold_notify'] else 0)
        return WORKS if self.row['hold_notify'] else NOT_PART

    def cell_NOTIFY_of_hold_heard(self):
        """Whatever the dialect: who says that he holds is believed."""
        setup, out = self.go_out()
        for octet, held in (('f9', True), ('fa', False)):
            self.sw.say('do', setup['call'], 'message:6e:2701' + octet)
            self.until(lambda h=held: out.directions and (out.directions[-1] != 'sendrecv') == h)
        self.sip.bye(out)
        self.sw.wait('over', call=setup['call'])
        self.record(out_line='1/%d' % setup['channel'], cause=16, cleared_by='in')
        return WORKS


class Table:
    """For a class of tests with a span: each row of the table that its span type has, from both sides."""
    autostart, limit = False, 300

    def test_every_cell(self):
        kind = self.span['type']
        for row in table():
            for side in ('user', 'network') if row[kind] else ():
                with self.subTest(dialect=row['name'], side=side):
                    Cells(self, row, side, os.path.join(self.folder, row['name'] + side)).run()
