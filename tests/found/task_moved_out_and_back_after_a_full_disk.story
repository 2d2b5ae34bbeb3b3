# A task was moved out after a sync that a full disk ended, and back after the folder was listed anew: it is made no second record.
tasks
gromox
last_modified
record
enter
disturb 32 0
enter
fill-disk 1
move-out 187
enter
enter
disturb 83 0
move-back 0
rest 0
enter
