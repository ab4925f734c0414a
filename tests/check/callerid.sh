#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Caller ID's long check: the grid of lines, bursts of sox and minimodem's reading of ours, and half an hour of speech and
# music in which there is none.   callerid.sh BUILD/VARIANT
b=$(realpath "${1:?usage: callerid.sh BUILD}") || exit 2
cd "$(dirname "$0")/../.." || exit 2
failed=0
"$b/tests/tools/callerid_grid" || failed=1
/usr/bin/python3 tests/check/callerid_others.py "$b/tests/tools/callerid_file" || failed=1

# Speech in several voices: the licence has enough words, and they are cut into other orders for each voice.
speech() {
	local seed=1
	for voice in en-gb en-us+f3 de fr-fr+f2 es+m3 ru pl+f4 it; do
		shuf --random-source=<(yes $((seed++))) LICENSE | tr -d '"' | head -c 3600 |
			espeak-ng -v "$voice" -s 150 --stdout | sox -q -t wav - -t s16 -r 8000 -c 1 - gain -n -9
	done
}
music() {	# plucked strings and brass, in chords
	for n in C4 E5 A3 G6 D4 B5 F6 C7; do
		sox -q -n -t s16 -r 8000 -c 1 - synth 8 pluck $n synth 8 sine mix 2100-2800 gain -n -12
		sox -q -n -t s16 -r 8000 -c 1 - synth 8 sawtooth $n synth 8 trapezium amod 5 gain -n -12
	done
}
speech | "$b/tests/tools/callerid_quiet" || failed=1
music | "$b/tests/tools/callerid_quiet" || failed=1
exit $failed
