#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the whole-call tests, each in a process of its own with a hard time limit, and counts. Each is forked from this one,
which has the libraries in memory already: in an emulated guest a new interpreter costs more than many a test.

    run.py [--build BUILD/VARIANT] [-k PATTERN] [-j JOBS] [--list] [--ports FIRST] [--dir FOLDER] [--captures FOLDER]

At the end tshark reads every capture that the tests and their gateways have written; that counts as one test more. With
--captures they are left there for somebody else to read.
"""
import argparse
import fnmatch
import glob
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
import unittest

import pcap

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LIMIT = 120	# seconds for one test; a test may say otherwise with an attribute `limit`


def flatten(suite):
    for t in suite:
        if isinstance(t, unittest.TestSuite):
            yield from flatten(t)
        else:
            yield t


def wanted(name, patterns):
    """Does it hold one of the patterns (all do, when there is none), and none that has "!" in front?"""
    yes = [p for p in patterns.split(',') if not p.startswith('!')]
    no = [p[1:] for p in patterns.split(',') if p.startswith('!')]
    holds = lambda ps: any(fnmatch.fnmatch(name, '*%s*' % p) for p in ps)
    return (not yes or holds(yes)) and not holds(no)


def discover(patterns, where):
    """(name, limit) of every test that is wanted."""
    found, loader = [], unittest.TestLoader()
    for path in sorted(glob.glob(os.path.join(where, 'test_*.py'))):
        module = os.path.basename(path)[:-3]
        for t in flatten(loader.loadTestsFromName(module)):
            if wanted(t.id(), patterns) or '_FailedTest' in t.id():	# a module that cannot be imported
                limit = getattr(getattr(t, t._testMethodName, None), 'limit', None) or getattr(t, 'limit', LIMIT)
                found.append((t.id(), limit))
    print('\n'.join(loader.errors), end='', flush=True)
    return found


class Job:
    def __init__(self, name, limit, slot, env, where):
        self.name, self.limit, self.slot = name, limit, slot
        self.out = tempfile.TemporaryFile('w+', errors='replace')
        self.begun = time.monotonic()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            status = 2
            try:
                status = self.run(dict(env, TIPRING_SLOT=str(slot)), where)
            except BaseException:  # pylint: disable=broad-exception-caught
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)

    def run(self, env, where):
        """In the process of the test. The modules of the tests are read again: they take their ports from the environment."""
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGCHLD,))
        for fd, to in ((os.open(os.devnull, os.O_RDONLY), 0), (self.out.fileno(), 1), (self.out.fileno(), 2)):
            os.dup2(fd, to)
        os.environ.update(env)
        os.chdir(where)
        for name in [n for n, m in sys.modules.items() if n != '__main__' and (getattr(m, '__file__', '') or '').startswith(TOP)]:
            del sys.modules[name]
        return 0 if unittest.main(None, argv=['unittest', self.name], exit=False).result.wasSuccessful() else 1

    def over(self):
        """None while it runs; True when it passed."""
        seconds = time.monotonic() - self.begun
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid and seconds < self.limit:
            return None
        try:	# whatever it left behind goes with it
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if not pid:
            os.waitpid(self.pid, 0)
        passed = bool(pid) and status == 0
        print('%-4s %5.1f s  %s%s' % ('ok' if passed else 'FAIL', seconds, self.name,
                                      '  (time limit)' if not pid else '  (signal %d)' % status if 0 < status < 128 else ''), flush=True)
        if not passed:
            self.out.seek(0)
            print('    ' + self.out.read()[-8000:].replace('\n', '\n    '), flush=True)
        self.out.close()
        return passed


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--build', default=os.path.join(TOP, 'build/gcc'))
    p.add_argument('-k', default='', help='only tests whose name holds one of these patterns (a,b,c), and none of those with ! in front')
    p.add_argument('-j', type=int, default=1, help='tests at once')
    p.add_argument('--ports', default='23000', help='first of 1000 ports for each job')
    p.add_argument('--dir', default=HERE, help='where the tests are')
    p.add_argument('--captures', default='', help='keep the captures here, unread')
    p.add_argument('--list', action='store_true')
    a = p.parse_args()
    build = os.path.abspath(a.build)
    os.environ['TIPRING_BUILD'] = build
    where = os.path.abspath(a.dir)
    sys.path[:0] = [where, HERE]
    sys.dont_write_bytecode, sys.pycache_prefix = False, os.path.join(TOP, 'build/pycache')
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD,))
    tests = discover(a.k, where)
    if a.list:
        print('\n'.join(name for name, _ in tests))
        return 0
    os.makedirs(a.captures or build, exist_ok=True)
    captures = a.captures or tempfile.mkdtemp(prefix='captures-', dir=build)
    env = {'TIPRING_PORTS': a.ports, 'TIPRING_CAPTURES': captures}
    slow = 3 if 'san' in os.path.basename(build) else 1
    free, jobs, passed, failed = list(range(a.j)), [], 0, 0
    while tests or jobs:
        while tests and free:
            name, limit = tests.pop(0)
            jobs.append(Job(name, limit * slow, free.pop(0), env, where))
        for j in list(jobs):
            done = j.over()
            if done is None:
                continue
            passed, failed = passed + done, failed + (not done)
            jobs.remove(j)
            free.append(j.slot)
        signal.sigtimedwait((signal.SIGCHLD,), 1)	# or a time limit
    if not a.captures:
        read, faults = pcap.check(captures)
        passed, failed = passed + bool(read and not faults), failed + bool(faults)
        if faults:
            print('     (they are in %s)' % captures)
        else:
            shutil.rmtree(captures)
    print('whole calls (%s): %d passed, %d failed' % (os.path.relpath(build, TOP), passed, failed))
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
