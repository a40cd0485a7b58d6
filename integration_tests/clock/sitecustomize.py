"""Imported by the interpreter of each command at its start: sets the clock to the test's."""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["TEST_CLOCK_AHEAD"])).start()
