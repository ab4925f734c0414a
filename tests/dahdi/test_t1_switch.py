# SPDX-License-Identifier: GPL-2.0-or-later
"""The exchange's oddities on a T1 with NI2."""
import test_outage
import test_switch


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
