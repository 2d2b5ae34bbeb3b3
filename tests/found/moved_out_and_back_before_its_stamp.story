# An appointment whose record was made, but not its stamp, is moved out and back: the record is its own.
appointments
gromox
crm
enter
fill-disk 7
move-out 0
enter
move-back 0
rest 0
