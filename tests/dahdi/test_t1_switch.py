# SPDX-License-Identifier: GPL-2.0-or-later
"""The exchange's oddities on a T1 with NI2, and its SERVICE messages."""
import bed
import switchbed
import test_outage
import test_switch
from switchbed import SERVICE, SERVICE_ACK


class Ni2:
    dialect, country, area = 'ni2', '1', '212'
    dchan, first = 48, 25
    caller, called, number, national = '2125550999', '2125553001', '+12125550222', '2125550222'


class Answers(Ni2, test_switch.Answers):
    pass


class Strange(Ni2, test_switch.Strange):
    pass


class Restarts(Ni2, test_outage.Restarts):
    pass


IN, MAINTENANCE, OUT = 0, 1, 2


class Service(Ni2, switchbed.SwitchTest):
    """SERVICE both ways with a switch that has it by itself."""
    dialect, disc, service, ack = '4ess', 3, SERVICE, SERVICE_ACK

    def on_service(self, kind, sent, times, channel, status):
        self.on_wire(kind, sent=sent, times=times, disc=self.disc, extension_ind_new_status=status,
                     **({'channel.number': channel} if channel else {'channel.number': None, 'channel.selection': 1}))

    def state(self, pos):
        return [x for x in self.gw.ctl('lines')['lines'] if x['line'] == '1/%d' % pos][0]['state']

    def becomes(self, pos, state):
        self.assertTrue(bed.wait_for(lambda: self.state(pos) == state, 5), (pos, self.state(pos)))

    def put_back(self, *positions):
        for pos in positions:
            self.sw.say('service', pos, IN)
            self.sw.wait('service_ack', channel=pos, status=IN)
            self.becomes(pos, 'idle')

    def begin(self):
        """Every channel is told when the D channel comes up; nothing of it is a fault."""
        super().begin()
        for pos in range(1, 24):
            self.sw.wait('service', channel=pos, status=IN)
        self.assertTrue(bed.wait_for(self.gw.in_service, 20))

    def does_out_in_mid_call(self):
        """The call stays; the next one passes over both channels."""
        p, one = self.answered()
        self.assertEqual(one['channel'], 1)
        for pos in (1, 2):
            self.sw.say('service', pos, OUT)
            self.sw.wait('service_ack', channel=pos, status=OUT)
        self.becomes(2, 'out by far end')
        self.assertEqual((self.state(1), self.gw.calls_now()), ('up', 1))
        r = self.gw.cli_json('call', 'telco', self.number, '--seconds', '1')
        self.assertEqual((r['result'], r['line']), ('answered', '1/3'), r)
        p.proc.terminate()
        self.assertFalse(self.ends(self.sipcall_end(p))[0]['remote_bye'])
        self.becomes(1, 'out by far end')
        self.assertIn('telco: span 1: 2 lines taken out of service by the far end, the first is 1/1',
                      [a['what'] for a in self.gw.ctl('status')['alarms']])
        self.put_back(1, 2)
        for pos in (1, 2):
            self.on_service(self.service, True, 1, pos, OUT)
            self.on_service(self.ack, False, 1, pos, OUT)
            self.on_service(self.ack, False, 1, pos, IN)

    def does_call_on_it(self):
        """In maintenance no call goes out on it; the exchange's own is taken."""
        self.sw.say('service', 5, MAINTENANCE)
        self.sw.wait('service_ack', channel=5, status=MAINTENANCE)
        self.becomes(5, 'out by far end')
        p = self.sipcall_start('-c', 0, '-u', 200, '-a', 'none', '-k', 0)
        self.sw.say('call', '5!', self.called, self.caller)
        c = self.sw.wait('placed')
        self.assertEqual(self.sw.wait('connect', call=c['call'])['channel'], 5)
        self.sw.say('do', c['call'], 'disconnect:16')
        self.sw.wait('over', call=c['call'])
        p.proc.terminate()
        self.becomes(5, 'out by far end')
        self.put_back(5)

    def does_restart_of_it(self):
        self.sw.say('service', 7, OUT)
        self.sw.wait('service_ack', channel=7, status=OUT)
        self.becomes(7, 'out by far end')
        self.sw.say('restart', 7)
        self.sw.wait('restart_ack', channel=7)
        self.becomes(7, 'idle')

    def does_interface(self):
        """All channels at once: nothing happens to the D channel, and the acknowledgement is for the interface too."""
        p, _ = self.answered()
        self.sw.say('service', 'all', OUT)
        self.becomes(23, 'out by far end')
        self.assertEqual({self.state(pos) for pos in range(2, 24)}, {'out by far end'})
        self.assertEqual((self.state(1), self.gw.calls_now()), ('up', 1))
        self.assertEqual(self.gw.cli_json_any('call', 'telco', self.number)['cause'], 34)
        p.proc.terminate()
        self.assertFalse(self.ends(self.sipcall_end(p))[0]['remote_bye'])
        self.sw.say('service', 'all', IN)
        self.becomes(23, 'idle')
        self.on_service(self.ack, False, 1, None, OUT)
        self.on_service(self.ack, False, 1, None, IN)
        self.assertEqual([s['l2_losses'] for s in self.gw.ctl('spans')['spans'] if s['no'] == 1], [0])

    def does_taken_out_here(self):
        self.gw.cli('out', '1/4')
        self.sw.wait('service', channel=4, status=OUT)
        self.gw.cli('in', '1/4')
        self.sw.wait('service', channel=4, status=IN)
        self.sw.wait('restart', channel=4)
        self.becomes(4, 'idle')
        self.on_service(self.service, False, 1, 4, OUT)
        self.on_service(self.service, False, 1, 4, IN)
        self.on_service(self.ack, True, 1, 4, OUT)
        self.assertEqual([s['service_timeouts'] for s in self.gw.ctl('spans')['spans'] if s['no'] == 1], [0])


class ServiceNi2(Service):
    """NI2, where it is asked for."""
    dialect, isdn = 'ni2', ', service-messages: send'
    disc, service, ack = 0x43, SERVICE_ACK, SERVICE


class NextRun(Ni2, switchbed.SwitchTest):
    """A daemon that is killed with a channel out of service: the next one puts it back."""
    dialect = '5ess'

    def does_come_back(self):
        self.assertTrue(bed.wait_for(self.gw.in_service, 20))
        self.gw.cli('out', '1/9')
        self.sw.wait('service', channel=9, status=OUT)
        self.gw.kill()
        self.gw.start()
        self.sw.wait('service', channel=9, status=IN)
        self.assertTrue(bed.wait_for(self.gw.in_service, 20))
        self.on_wire(SERVICE, sent=False, disc=3, extension_ind_new_status=IN, **{'channel.number': 9})
