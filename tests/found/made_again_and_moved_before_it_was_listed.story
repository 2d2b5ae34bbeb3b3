# The same with an item that was made again for a record that had changed.
appointments
gromox
last_modified
enter
disturb 0 0
delete-item 0
edit-record 0 0
fill-disk 4
move-out 0
enter
take-back 0
move-back 0
rest 0
