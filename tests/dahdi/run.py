#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`make check-dahdi`: the tests on the real DAHDI driver, one virtual machine for each pair of spans, and a total.

    run.py [--build BUILD/VARIANT] [--mods FOLDER] [-k PATTERN] [NAME...]
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

import wire

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SUITES = {	# name: (spans, tests)
    'e1': ('e1pair', 'test_e1'),
    't1': ('t1pri', 'test_t1'),
    'analog': ('analog', 'test_analog'),
    'switch': ('e1pair', 'test_switch'),
    'outage': ('e1pair', 'test_outage'),
    'ground': ('ground', 'test_ground'),
}
LIMIT = 600


def boot(name, a):
    conf, tests = SUITES[name]
    results = os.path.join(TOP, 'build/dahdi', name)
    shutil.rmtree(os.path.join(results, 'captures'), True)
    os.makedirs(results, exist_ok=True)
    log = open(os.path.join(results, 'log'), 'w+', encoding='utf-8', errors='replace')
    argv = [os.path.join(HERE, 'vm.sh'), '-m', a.mods, '-c', os.path.join(HERE, 'conf', conf + '.conf'),
            '-l', 'dahdi_dummy', '-o', results, '-t', str(LIMIT), '--',
            'sh', os.path.join(HERE, 'guest/suite'), a.build, '%s*%s' % (tests, a.k)]
    return name, subprocess.Popen(argv, cwd=TOP, stdin=subprocess.DEVNULL, stdout=log, stderr=log), log, time.monotonic()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--build', default=os.path.join(TOP, 'build/gcc'))
    p.add_argument('--mods', default=os.path.join(TOP, 'build/dahdi-mods'))
    p.add_argument('-k', default='')
    p.add_argument('names', nargs='*', default=list(SUITES))
    a = p.parse_args()
    a.build, a.mods = os.path.abspath(a.build), os.path.abspath(a.mods)
    passed = failed = 0
    for name, proc, log, begun in [boot(n, a) for n in a.names]:
        status = proc.wait()
        log.seek(0)
        text = log.read().replace('\r', '')
        print('%s: guest ended with %d after %.0f s' % (name, status, time.monotonic() - begun))
        print(text, end='' if text.endswith('\n') else '\n')
        count = re.findall(r'(\d+) passed, (\d+) failed', text)
        if not count:
            failed += 1
            continue
        read, wrong = wire.check(os.path.join(TOP, 'build/dahdi', name, 'captures'))
        passed += int(count[-1][0]) + read
        failed += (int(count[-1][1]) or (status != 0)) + wrong
    print('%d passed, %d failed' % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
