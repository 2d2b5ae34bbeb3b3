# A copy was moved out before any sync saw it and came back after the original was deleted: it cannot be told from the original, renamed.
contacts
gromox
exchange
enter
disturb 0 0
copy 0
move-out 0
settle
delete-item 0
move-back 0
rest 0
