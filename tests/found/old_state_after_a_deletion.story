# An older state was put back that did not know of the record its item had been given since.
contacts
gromox
last_modified
enter
settle
enter
enter
edit-item 78 0
enter
back-up
delete-record 0
enter
settle
enter
put-back
