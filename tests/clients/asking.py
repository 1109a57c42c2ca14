"""What both programs in Python do: ask again and again, and print how it went."""

import os
import sys
import time


def ask_repeatedly(name, ask):
    failures = 0
    for number in range(int(os.environ["ASK_TIMES"])):
        if number:
            time.sleep(float(os.environ["ASK_EVERY"]))
        try:
            ask()
            print(name, "ok", flush=True)
        except Exception as cause:
            failures += 1
            print(name, "failed:", " ".join(str(cause).split()), flush=True)
    sys.exit(1 if failures else 0)
