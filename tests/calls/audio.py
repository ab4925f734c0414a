# SPDX-License-Identifier: GPL-2.0-or-later
"""What a recording of the gateway's holds: A-law on two channels, what was heard on the left."""
import math


def alaw(octet):
    """ITU-T G.711: to 16 bits."""
    octet ^= 0x55
    exponent, mantissa = octet >> 4 & 7, octet & 15
    value = (mantissa << 4) + 8 if not exponent else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if octet & 0x80 else -value


def left_of(path):
    with open(path, 'rb') as f:
        data = f.read()
    if data[20] != 6 or data[22] != 2:
        raise ValueError('%s is not A-law on two channels' % path)
    return [alaw(o) for o in data[data.index(b'data') + 8::2]]


def level(samples, hz):
    """Of the tone HZ, in dB below full scale, over the last second."""
    x = samples[-8000:]
    s = sum(v * math.sin(2 * math.pi * hz * i / 8000) for i, v in enumerate(x))
    c = sum(v * math.cos(2 * math.pi * hz * i / 8000) for i, v in enumerate(x))
    return 20 * math.log10(max(math.hypot(s, c) * 2 / len(x), 0.1) / 32768)
