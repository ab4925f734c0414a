#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`make check-dahdi`: the tests on the real DAHDI driver, one virtual machine for each pair of spans, and a total.

    run.py [--build BUILD/VARIANT] [--mods FOLDER] [-k PATTERN] [NAME...]
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import time

import wire

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SUITES = {	# name: (spans, tests); the longest first
    'e1': ('e1pair', 'test_e1'),
    't1': ('t1pri', 'test_t1'),
    'analog': ('analog', 'test_analog'),
    'outage': ('e1pair', 'test_outage'),
    'switch': ('e1pair', 'test_switch'),
    'nfas': ('nfas', 'test_group'),
    'ground': ('ground', 'test_ground'),
}
LIMIT = 600


def guest(name, a):
    """Runs one suite to its end: (status, seconds, what it printed)."""
    conf, tests = SUITES[name]
    results = os.path.join(TOP, 'build/dahdi', name)
    shutil.rmtree(os.path.join(results, 'captures'), True)
    os.makedirs(results, exist_ok=True)
    argv = [os.path.join(HERE, 'vm.sh'), '-m', a.mods, '-c', os.path.join(HERE, 'conf', conf + '.conf'),
            '-l', 'dahdi_dummy', '-o', results, '-t', str(LIMIT), '--',
            'sh', os.path.join(HERE, 'guest/suite'), a.build, '%s*%s' % (tests, a.k)]
    begun = time.monotonic()
    with open(os.path.join(results, 'log'), 'w+', encoding='utf-8', errors='replace') as log:
        status = subprocess.run(argv, cwd=TOP, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False).returncode
        log.seek(0)
        return status, time.monotonic() - begun, log.read().replace('\r', '')


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--build', default=os.path.join(TOP, 'build/gcc'))
    p.add_argument('--mods', default=os.path.join(TOP, 'build/dahdi-mods'))
    p.add_argument('-k', default='')
    p.add_argument('names', nargs='*', default=list(SUITES))
    a = p.parse_args()
    a.build, a.mods = os.path.abspath(a.build), os.path.abspath(a.mods)
    passed = failed = 0
    # A machine keeps one CPU busy: more at once than there are would only make each of them late.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = [(n, pool.submit(guest, n, a)) for n in a.names]
        for name, end in ends:
            status, seconds, text = end.result()
            print('%s: guest ended with %d after %.0f s' % (name, status, seconds))
            print(text, end='' if text.endswith('\n') else '\n', flush=True)
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
