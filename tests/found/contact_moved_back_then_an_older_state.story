contacts
gromox
last_modified
enter
disturb 0 0
move-out 0
back-up
move-back 0
delete-record 0
edit-item 0 0
settle
put-back
enter
