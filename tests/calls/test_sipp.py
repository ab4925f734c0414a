# SPDX-License-Identifier: GPL-2.0-or-later
"""sipp at both ends: each scenario goes SIP -> span 1 -> span 2 -> SIP, and the records say the same as sipp."""
import bed


class Sipp(bed.CallTest):
    NUMBER = '+442079460211'

    def pair(self, uas, uac, *uac_args, number=NUMBER):
        """Runs both scenarios; returns the records of the calls from office and from exchange."""
        peer = self.sipp(uas, bed.PEER_PORT, '-rtp_echo') if uas else None
        if peer:
            bed.time.sleep(0.3)	# sipp binds its port
        caller = self.sipp(uac, bed.OTHER_PORT, *uac_args, number=number)
        self.sipp_ok(caller, uac)
        if peer:
            self.sipp_ok(peer, uas)
        self.assertEqual(self.gw.wait_idle(), [])
        records = self.gw.records()
        self.assertEqual(sorted(r['in_trunk'] for r in records), ['exchange', 'office'])
        office, exchange = sorted(records, key=lambda r: r['in_trunk'], reverse=True)
        self.assertEqual((office['out_trunk'], exchange['out_trunk']), ('telco', 'office'))
        return office, exchange

    def assert_cause(self, records, cause, answered):
        for r in records:
            self.assertEqual((r['cause'], r['answer_ms'] is not None), (cause, answered), r)

    def test_answer(self):
        records = self.pair('uas_answer', 'uac_answer')
        self.assert_cause(records, 16, True)
        for r in records:
            self.assertEqual(r['cleared_by'], 'in')
            self.assertGreaterEqual(r['end_ms'] - r['answer_ms'], 1900)
            self.assertLessEqual(r['start_ms'], r['alert_ms'])
            self.assertLessEqual(r['alert_ms'], r['answer_ms'])
        self.assertEqual(records[0]['out_line'].split('/')[0], '1')
        self.assertEqual(records[1]['in_line'].split('/')[0], '2')
        self.assertEqual(records[0]['out_line'].split('/')[1], records[1]['in_line'].split('/')[1])

    def test_answer_over_tcp(self):
        caller = self.sipp('uac_answer', bed.OTHER_PORT, '-t', 't1', number='+442079460100')
        self.sipp_ok(caller, 'uac_answer')
        self.assert_cause(self.gw.records(), 16, True)

    def test_called_party_clears(self):
        records = self.pair('uas_bye', 'uac_remote_bye')
        self.assert_cause(records, 16, True)
        self.assertEqual({r['cleared_by'] for r in records}, {'out'})

    def test_busy(self):
        records = self.pair('uas_busy', 'uac_busy')
        self.assert_cause(records, 17, False)
        self.assertEqual(records[1]['out_sip'], 486)

    def test_reject(self):
        records = self.pair('uas_reject', 'uac_reject')
        self.assert_cause(records, 21, False)
        self.assertEqual(records[1]['out_sip'], 603)

    def test_no_answer(self):
        records = self.pair('uas_noanswer', 'uac_noanswer')
        self.assert_cause(records, 18, False)
        self.assertTrue(all(r['alert_ms'] for r in records))

    def test_unknown_number(self):
        self.assert_cause(self.pair('uas_nonumber', 'uac_nonumber'), 1, False)

    def test_cancel_while_ringing(self):
        records = self.pair('uas_cancel', 'uac_cancel')
        self.assert_cause(records, 16, False)
        self.assertEqual({r['cleared_by'] for r in records}, {'in'})

    def test_early_media(self):
        self.assert_cause(self.pair('uas_early', 'uac_early'), 16, True)

    def test_caller_holds(self):
        self.assert_cause(self.pair('uas_held', 'uac_hold'), 16, True)

    def test_called_party_holds(self):
        self.assert_cause(self.pair('uas_hold', 'uac_hold_remote'), 16, True)
