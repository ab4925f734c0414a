# SPDX-License-Identifier: GPL-2.0-or-later
"""Causes at the border: a SIP refusal becomes a Q.850 cause on the line and a SIP status at the other end
(RFC 3398 8.2.6.1 and 7.2.4.1, RFC 4497 where it is silent), and the cause is in the Reason header."""
import bed

# Status of the called end, cause on both spans, status at the calling end.
TABLE = [
    (400, 41, 503), (401, 21, 403), (402, 21, 403), (403, 21, 403), (404, 1, 404), (406, 79, 501), (407, 21, 403),
    (408, 102, 504), (410, 22, 410), (415, 79, 501), (480, 18, 408), (481, 41, 503), (484, 28, 484),
    (486, 17, 486), (500, 41, 503), (501, 79, 501), (502, 38, 503), (503, 41, 503), (504, 102, 504), (600, 17, 486),
    (603, 21, 403), (604, 1, 404),
]
# Status and Reason header of the called end: the cause in it wins over the table.
REASONS = [(480, 19, 480), (503, 34, 503), (500, 27, 502), (404, 3, 404), (603, 17, 486)]


class Causes(bed.CallTest):
    limit = 240

    def refused(self, status, *args):
        r = self.sipcall('-n', '+442079467%03d' % status, '-m', 1, '-k', 3, '-u', 'number', *args)
        return self.ends(r, 'uac')[0]

    def test_status_to_cause_to_status(self):
        for status, cause, back in TABLE:
            with self.subTest(status=status):
                e = self.refused(status)
                self.assertEqual((e['status'], cause_in(e.get('reason', ''))), (back, cause))
        for r in self.gw.records():
            row = [x for x in TABLE if str(x[0]) == r['in_called'][-3:]][0]
            self.assertEqual((r['cause'], r['answer_ms']), (row[1], None), r)
        self.assertEqual(len(self.gw.records()), 2 * len(TABLE))

    def test_reason_header_wins(self):
        for status, cause, back in REASONS:
            with self.subTest(status=status, cause=cause):
                e = self.refused(status, '-q', 'Q.850;cause=%d;text="so it is"' % cause)
                self.assertEqual((e['status'], cause_in(e.get('reason', ''))), (back, cause))

    def test_reason_of_a_bye_passes(self):
        for who in ((), ('-b',)):
            r = self.sipcall('-c', 1, '-t', 700, '-Q', 'Q.850;cause=31', *who)
            self.assert_all_answered(r, 1)
            heard = self.ends(r, 'uac' if who else 'uas')[0]
            self.assertTrue(heard['remote_bye'])
            self.assertEqual(cause_in(heard.get('bye_reason', '')), 31)
            self.assertEqual({x['cause'] for x in self.gw.records()}, {31})

    def test_endings_of_the_did_file(self):
        for number, status, cause in (('+442079461234', 404, 1), ('+442079461101', 503, 38), ('+442079461200', 486, 17)):
            with self.subTest(number=number):
                r = self.sipcall('-n', number, '-m', 1, '-k', 0)
                e = self.ends(r, 'uac')[0]
                self.assertEqual((e['status'], cause_in(e.get('reason', ''))), (status, cause))

    def test_what_no_row_allows_is_refused(self):
        r = self.sipcall('-n', '+33140000000', '-m', 1, '-k', 0)
        self.assertEqual(self.ends(r, 'uac')[0]['status'], 404)
        self.assertEqual(self.gw.ctl('status')['calls']['refused_no_row'], 1)


def cause_in(reason):
    m = bed.re.search(r'Q\.850\s*;\s*cause=(\d+)', reason, bed.re.I)
    return int(m.group(1)) if m else None


class OwnRows(bed.CallTest):
    """A trunk's own rows go before the tables; a Reason header before both. The record says which it was."""
    office = ', causes: {17: 480, 41: 500}, statuses: {480: 19, 486: 34}'

    def row(self, trunk, leg):
        r = self.gw.records("%s_trunk = '%s'" % (leg, trunk))[-1]
        return tuple(r[leg + '_' + k] for k in ('cause', 'sip', 'cause_by', 'far_end'))

    def refused(self, status, *args):
        r = self.sipcall('-n', '+442079467%03d' % status, '-m', 1, '-k', 3, '-u', 'number', *args)
        return self.ends(r, 'uac')[0]['status']

    def test_own_rows(self):
        self.assertEqual(self.refused(480), 480)	# 480 to 19, which no row of ours turns into another status
        self.assertEqual(self.row('office', 'out'), (19, 480, "the trunk's statuses:", 1))
        self.assertEqual(self.row('office', 'in'), (19, 480, 'RFC 3398 7.2.4.1', 0))
        self.assertEqual(self.refused(486), 503)
        self.assertEqual(self.refused(500), 500)
        self.assertEqual(self.row('office', 'out'), (41, 500, 'RFC 3398 8.2.6.1', 1))
        self.assertEqual(self.row('office', 'in'), (41, 500, "the trunk's causes:", 0))
        self.assertEqual(self.refused(486, '-q', 'Q.850;cause=17'), 480)
        self.assertEqual(self.row('office', 'out'), (17, 486, 'Reason header (RFC 3326)', 1))

    def test_what_came_from_the_line(self):
        """The element as it came, and who it is from."""
        self.assertEqual(self.sipcall('-n', '+442079461101', '-m', 1, '-k', 0)['ends'][0]['status'], 503)
        r = self.gw.records("in_trunk = 'office'")[-1]
        self.assertEqual((r['out_cause'], r['out_cause_raw'], r['out_far_end'], r['in_cause_raw']), (38, '81a6', 1, ''))
        self.assertEqual(r['out_cause_from'], 'private network of the local user')
        self.assertEqual((r['in_sip'], r['in_cause_by']), (503, 'RFC 3398 7.2.4.1'))


DIDS = """\
[office]
+442079461300         backup, telco/+442079460100
+442079461301         backup/+442079461301, telco/+442079460100
+442079461302         nobody, telco/+442079460100
+44*                  telco

[exchange]
+442079460100         test/milliwatt
+4420794602xx         office
"""


class Incomplete(bed.CallTest):
    """A peer that may send its digits one by one: what is only the beginning of a number is 484 (RFC 3578 3.2)."""
    office = ', overlap: rfc3578'
    dids = '[office]\n+4420794601xx  telco\n[exchange]\n+4420794601xx  test/milliwatt\n'

    def test_beginning_of_a_number(self):
        for number, status, cause in (('+44207946010', 484, 28), ('+4420', 484, 28), ('+4420794602', 404, 1),
                                      ('+442079460100', 200, 16)):
            with self.subTest(number=number):
                e = self.ends(self.sipcall('-n', number, '-m', 1, '-k', 0, '-t', 200), 'uac')[0]
                self.assertEqual(e['status'], status)
                self.assertEqual(self.gw.records("in_trunk = 'office'")[-1]['cause'], cause)


class Rerouting(bed.CallTest):
    dids = DIDS
    more = """\
  backup:
    sip: {{peer: "127.0.0.1:{0}", health: 0s}}
  nobody:
    sip: {{peer: "127.0.0.1:{1}", health: 0s}}
""".format(bed.PORT + 30, bed.PORT + 40)

    def backup(self, status):
        p = self.start_peer([bed.os.path.join(bed.TOP, 'build/gcc/tests/tools/sipcall'), '-l',
                             '127.0.0.1:%d' % (bed.PORT + 30), '-r', '127.0.0.1:%d' % bed.SIP_PORT, '-P',
                             bed.PEER_RTP + 400, '-c', 0, '-u', status])
        p.proc.stderr.readline()
        return p

    def call(self, number):
        r = self.sipcall('-n', number, '-m', 1, '-k', 0, '-t', 500, '-u', 'no')
        return self.ends(r, 'uac')[0]

    def office_record(self):
        return self.gw.records("in_trunk = 'office'")[-1]

    def test_next_destination_on_congestion(self):
        for status in (503, 500, 504):
            with self.subTest(status=status):
                p = self.backup(status)
                self.assertEqual(self.call('+442079461300')['status'], 200)
                r = self.office_record()
                self.assertEqual((r['attempts'], r['out_trunk'], r['cause']), (2, 'telco', 16))
                p.proc.terminate()
                self.assertEqual(len(self.sipcall_end(p)['ends']), 1)

    def test_never_on_busy_or_rejected(self):
        for status in (486, 603, 404, 410):
            with self.subTest(status=status):
                p = self.backup(status)
                self.assertNotEqual(self.call('+442079461301')['status'], 200)
                r = self.office_record()
                self.assertEqual((r['attempts'], r['out_trunk'], r['answer_ms']), (1, 'backup', None))
                p.proc.terminate()
                self.sipcall_end(p)

    def test_next_destination_when_nobody_is_there(self):
        e = self.call('+442079461302')
        self.assertEqual(e['status'], 200)
        self.assertEqual(self.office_record()['out_trunk'], 'telco')
