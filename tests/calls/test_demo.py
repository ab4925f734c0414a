# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo configuration itself, as `make run` starts it, on other ports."""
import os
import re
import subprocess

import bed


class Demo(bed.CallTest):
    def make_gateway(self, **kw):
        gw = super().make_gateway(**kw)
        for name in ('trunks.yaml', 'dids'):
            with open(os.path.join(bed.TOP, 'conf/demo', name), encoding='utf-8') as f:
                text = f.read()
            text = re.sub(r'\b5060\b', str(bed.SIP_PORT), text)
            text = re.sub(r'\b5070\b', str(bed.PEER_PORT), text)
            # 40 ms in hand, so that a host with much to do makes no gaps in what is verified.
            gw.write(name, re.sub(r'(  listen: .*\n)', r'\1  jitter: 40ms\n', text))
        return gw

    def test_milliwatt_through_both_spans(self):
        r = self.gw.cli_json('call', 'telco', '+442079460100')
        self.assertEqual(r['result'], 'answered', r)
        self.assertAlmostEqual(r['level_dbm0'], 0, delta=0.2)
        self.assertAlmostEqual(r['freq_hz'], 1004, delta=4)
        self.assertEqual(r['cause'], 16)
        self.gw.wait_idle()
        records = self.gw.records()
        self.assertEqual([x['in_trunk'] for x in sorted(records, key=lambda x: x['call'])][1:], ['exchange'])
        self.assertTrue(all(x['cause'] == 16 and x['answer_ms'] for x in records), records)

    def test_a_telephone_hears_the_milliwatt(self):
        gw = self.gw
        gw.cli('phone', 'phones/1', 'off', 'wait', 'tone dial', 'dial', '02079460100', 'wait', 'tone ends')
        self.assertTrue(bed.wait_for(lambda: abs(gw.cli_json('phone', 'phones/1')['level_dbm0']) < 0.3, 15),
                        gw.cli_json('phone', 'phones/1'))
        gw.cli('phone', 'phones/1', 'on')
        self.assertEqual(gw.wait_idle(), [])
        self.assertEqual(gw.records("in_trunk = 'phones'")[0]['in_calling'], '+442079460501')

    def test_a_number_goes_out_on_copper(self):
        """9 and a telephone's number: out on an exchange line, whose exchange is another telephone port."""
        p = self.sipcall_start('-c', 1, '-n', '902079460504', '-t', 2500, '-a', 'quiet', '-G', 30000)
        gw = self.gw
        gw.cli('phone', 'phones/4', 'wait', 'ring', '--seconds', '25')
        wav = os.path.join(self.folder, 'hello.wav')
        subprocess.run(['sh', '-c', 'espeak-ng -w %s.s.wav "Hello, hello, who is there? Hello?" && sox %s.s.wav -r 8000 -c 1 -b 16 %s' %
                        (wav, wav, wav)], check=True)
        gw.cli('phone', 'phones/4', 'off', 'play', wav)
        self.assert_all_answered(self.sipcall_end(p), 1)
        gw.cli('phone', 'phones/4', 'on')
        self.assertEqual(gw.wait_idle(20), [])
        r = gw.records("out_trunk = 'copper'")[0]
        self.assertEqual(r['answered_how'], 'speech', r)

    def test_quiet(self):
        r = self.gw.cli_json('call', 'telco', '+442079460101')
        self.assertEqual(r['result'], 'answered', r)
        self.assertLess(r['level_dbm0'], -60)

    def test_busy(self):
        status, out, err = self.gw.cli('--json', 'call', 'telco', '+442079460486', check=False)
        self.assertIn('"busy"', out, err)
        self.assertNotEqual(status, 0, 'scripts can trust the exit status')

    def test_no_answer_and_caller_gives_up(self):
        self.sipp_ok(self.sipp('uac_cancel', bed.OTHER_PORT, number='+442079460480'), 'uac_cancel')
        records = self.gw.records("in_trunk = 'office'")
        self.assertEqual(len(records), 1)
        self.assertIsNone(records[0]['answer_ms'])
        self.assertIsNotNone(records[0]['alert_ms'])
        self.assertEqual(records[0]['cleared_by'], 'in')

    def test_office_to_telco_and_back(self):
        r = self.sipcall('-c', 2, '-t', 2000, '-n', '+4420794602%02u')
        self.assert_all_answered(r, 2)
        self.assertTrue(all(e['verified'] > 12000 for e in r['ends']), r)

    def test_national_form(self):
        r = self.sipcall('-c', 1, '-t', 1000, '-n', '020794602%02u')
        self.assert_all_answered(r, 1)
        self.assertEqual(self.ends(r, 'uas')[0]['called'], '+442079460200')

    def test_echo(self):
        r = self.sipcall('-c', 1, '-t', 3000, '-n', '+442079460108', '-m', 1, '-E')
        self.assert_all_answered(r, 1)
        self.assertGreater(self.ends(r, 'uac')[0]['verified'], 20000)

    def test_the_number_comes_to_the_office(self):
        """+4420794603xx at telco: dialled at the exchange's side, it goes out to the office."""
        p = self.sipcall_start('-c', 0)
        r = self.gw.cli_json('call', 'exchange', '+442079460312')
        self.assertEqual(r['result'], 'answered', r)
        p.proc.terminate()
        report = self.sipcall_end(p)
        self.assertEqual([e['called'] for e in report['ends']], ['+442079460312'])
