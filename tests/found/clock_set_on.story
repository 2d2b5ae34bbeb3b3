# The computer's clock was a quarter of an hour fast.
appointments
gromox
last_modified
jump 9
enter
