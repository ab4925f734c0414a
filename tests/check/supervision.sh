#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How well the tones of lines are told apart, and what else is taken for one: the whole grid, tones made by sox, and two hours
# of generated speech (with music and DTMF: 144 minutes).   supervision.sh BUILD [MINUTES]
set -eu
tool=$1/tests/tools/supervision
minutes=${2:-144}
place=build/sounds
mkdir -p "$place"
raw="-t raw -r 8000 -e signed -b 16 -c 1"
failed=0

# The country's own tone, from sox: COUNTRY TONE, seconds on and off, frequencies.
by_sox() {
	country=$1 tone=$2 on=$3 off=$4 a=$5 b=${6:-$5} file=$place/sox-$1-$2.raw
	# shellcheck disable=SC2086
	sox -n $raw "$file" synth "$on" sine "$a" synth sine mix "$b" gain -n -12 pad 0 "$off" repeat 3
	"$tool" expect "$country" "$tone" "$file" || failed=1
}
by_sox us busy 0.5 0.5 480 620
by_sox us congestion 0.25 0.25 480 620
by_sox us ringback 2 4 440 480
by_sox us dial 5 0 350 440
by_sox de busy 0.48 0.48 425
by_sox de congestion 0.24 0.24 425
by_sox de ringback 1 4 425
by_sox fr dial 4 0 440
by_sox uk busy 0.375 0.375 400
by_sox uk dial 4 0 350 440
by_sox jp ringback 1 2 384 416

/usr/bin/python3 tests/tools/supervision_sounds.py "$place" "$minutes"
"$tool" grid || failed=1
i=0 files=
while [ $i -lt "$minutes" ]; do
	files="$files $(printf '%s/%03d-*.raw' "$place" $i)"
	i=$((i + 1))
done
# shellcheck disable=SC2086
"$tool" sounds $files || failed=1
exit $failed
