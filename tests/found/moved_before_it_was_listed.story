# An item was moved out and back before any list told of it: its stamp names a link whose item is gone.
appointments
gromox
exchange
enter
settle
edit-item 0 0
record
fill-disk 4
move-out 0
move-out 0
enter
enter
move-back 73
