"""How long the gateway takes to notice what becomes of a backend, and its clients' requests there."""

# The least that may be configured, so that two minutes are enough.
INTERVAL_SECONDS, TIMEOUT_SECONDS, RISE, FALL = 3, 2, 2, 2
# The interval is give or take a tenth.
LONGEST_INTERVAL_SECONDS = INTERVAL_SECONDS * 1.1
# The machine has other things to do.
KNOWN_TO_BE_BACK_SECONDS = LONGEST_INTERVAL_SECONDS * (RISE + 1) + 2
# The backend may have hung just after a check.
FOUND_TO_HANG_SECONDS = (LONGEST_INTERVAL_SECONDS + TIMEOUT_SECONDS) * FALL
# Longer than that, so that the backend is known to hang when the first request has waited for so long.
RESPONSE_TIMEOUT_SECONDS = 12
