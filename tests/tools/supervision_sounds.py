#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hours of sound that is no call-progress tone, in files of a minute, 8 kHz and raw: espeak-ng's voices in many languages,
voices mixed with DTMF and with music from sox, music and DTMF alone.   supervision_sounds.py DIR [MINUTES]

Minute I is the same at every run. Half are voices alone, a sixth voices with DTMF, a sixth voices
with music, the rest music and DTMF by themselves: in 144 minutes two hours with a voice."""
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SAID = {
    "en-gb": "Good morning, the office opens at half past eight. Would you mind holding the line while I look for her? "
             "No, no, no! Hello? Who is it? Ooh, you don't say so. The moon rose soon over the cool blue pool.",
    "en-us": "Thanks for calling. Please listen to the whole menu, since our choices are new. Uh huh. Okay. "
             "Your order went out on Tuesday, and it should be there in two or three days.",
    "de": "Guten Tag, hier ist die Zentrale. Bitte bleiben Sie am Apparat. Um wie viel Uhr kommt der Zug aus Ulm? "
          "Ja, ja. Genau. Die Uhr schlug ruhig zwölf.",
    "fr": "Bonjour, vous êtes bien au secrétariat. Ne quittez pas, je vous prie. Où étiez-vous hier au soir? Oui, oui. D'accord.",
    "es": "Buenos días, le paso con el departamento técnico. Un momento, por favor. Mañana por la mañana llueve mucho.",
    "it": "Pronto, chi parla? Un attimo, le passo il collega. La luna luminosa illumina la laguna.",
    "pt": "Bom dia, em que posso ajudar? Aguarde um momento, por favor. Amanhã vai chover muito em Coimbra.",
    "nl": "Goedemorgen, met de receptie. Een ogenblik, ik verbind u door. Hoe laat komt u morgen?",
    "sv": "God morgon, ett ögonblick så kopplar jag dig vidare. Hur mycket är klockan nu?",
    "pl": "Dzień dobry, proszę chwilę zaczekać, już łączę. Która jest teraz godzina?",
    "ru": "Добрый день, подождите минуту, пожалуйста. Который теперь час? Луна светит в окно.",
    "tr": "Günaydın, lütfen hatta kalın. Yarın saat kaçta geleceksiniz? Uzun uzun konuştuk.",
    "fi": "Hyvää huomenta, odottakaa hetki. Tuuli puhui suuren puun luona.",
    "hu": "Jó napot kívánok, kérem, tartsa a vonalat. Hány óra van most?",
    "el": "Καλημέρα σας, περιμένετε ένα λεπτό παρακαλώ. Τι ώρα είναι τώρα;",
    "hi": "नमस्ते, कृपया थोड़ी देर प्रतीक्षा करें। अब कितने बजे हैं?",
    "cmn": "你好，请稍等一下。现在几点了？",
    "ja": "おはようございます。しょうしょうおまちください。いまなんじですか。",
}
VARIANTS = ["", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+croak", "+whisper"]
KEYS = {"1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209), "5": (770, 1336), "6": (770, 1477),
        "7": (852, 1209), "8": (852, 1336), "9": (852, 1477), "*": (941, 1209), "0": (941, 1336), "#": (941, 1477)}
LENGTH = 60
RAW = ["-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1"]


def run(*args, **more):
    subprocess.run(args, check=True, stderr=subprocess.DEVNULL, **more)


def voice(rng, out):
    """A minute of one person who says sentences and numbers."""
    language = rng.choice(sorted(SAID))
    said = []
    for _ in range(40):
        said.append(SAID[language] if rng.random() < 0.3 else str(rng.randrange(10 ** rng.randrange(1, 7))) + ".")
    wav = out + ".voice.wav"
    run("espeak-ng", "-v", language + rng.choice(VARIANTS), "-s", str(rng.randrange(110, 210)), "-p",
        str(rng.randrange(10, 95)), "-w", wav, " ".join(said))
    run("sox", wav, *RAW, out, "rate", "8000", "sinc", "250-3500", "gain", "-n", "-6", "repeat", "8", "trim", "0", str(LENGTH))
    os.unlink(wav)


def digits(rng, out):
    """A minute of keys, 60 to 300 ms each, now and then a rest."""
    data = b""
    while len(data) < LENGTH * 16000:
        low, high = KEYS[rng.choice("1234567890*#")]
        on, off = rng.uniform(0.06, 0.3), rng.uniform(0.06, 0.3) + (rng.random() < 0.1) * 2
        made = subprocess.run(["sox", "-n", *RAW, "-", "synth", f"{on:.3f}", "sine", str(low), "synth", "sine", "mix", str(high),
                               "gain", "-n", "-9", "pad", "0", f"{off:.3f}"], check=True, capture_output=True)
        data += made.stdout
    with open(out, "wb") as f:
        f.write(data[:LENGTH * 16000])


def music(rng, out):
    """A minute of chords and of tunes, plucked, bowed and blown, in time with one beat."""
    beat = rng.choice([0.25, 0.3, 0.4, 0.5, 0.6, 0.75])
    kinds = ["pluck", "sawtooth", "triangle", "square", "exp", "trapezium"]
    data, length = b"", 0.0
    while length < LENGTH:
        root, kind = rng.randrange(-29, -2), rng.choice(kinds)
        notes = [root, root + rng.choice([3, 4]), root + 7, root + 12][:rng.choice([1, 3, 3, 4])]
        last = beat * rng.choice([1, 1, 2, 4])
        synth = []
        for note in notes:
            synth += ["synth", f"{last:.3f}", kind, "mix" if synth else "create", f"%{note}"]
        made = subprocess.run(["sox", "-n", *RAW, "-", *synth, "fade", "0.01", f"{last:.3f}", "0.03", "gain", "-n", "-9"]
                              + (["pad", "0", f"{beat:.3f}"] if rng.random() < 0.3 else []), check=True, capture_output=True)
        data += made.stdout
        length = len(data) / 16000
    with open(out, "wb") as f:
        f.write(data[:LENGTH * 16000])


def mixed(rng, out, other):
    voice(rng, out + ".a")
    other(rng, out + ".b")
    run("sox", "-m", *RAW, "-v", "0.7", out + ".a", *RAW, "-v", f"{rng.uniform(0.05, 0.5):.2f}", out + ".b", *RAW, out)
    os.unlink(out + ".a")
    os.unlink(out + ".b")


KINDS = {"voice": voice, "digits": digits, "music": music,
         "voice+digits": lambda rng, out: mixed(rng, out, digits), "voice+music": lambda rng, out: mixed(rng, out, music)}
ORDER = ["voice", "voice+digits", "voice", "voice+music", "voice", "music", "voice", "voice+digits", "voice", "voice+music",
         "voice", "digits"]


def make(place, i):
    kind = ORDER[i % len(ORDER)]
    out = os.path.join(place, f"{i:03d}-{kind}.raw")
    if not os.path.exists(out):
        KINDS[kind](random.Random(i), out + ".part")
        os.rename(out + ".part", out)
    return out


def main():
    place, minutes = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 144
    os.makedirs(place, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda i: make(place, i), range(minutes)))
    print(f"{len(made)} minutes of sound in {place}")


if __name__ == "__main__":
    main()
