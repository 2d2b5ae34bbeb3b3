# An appointment whose record a full disk kept nobody from making is moved in the CRM within minutes: it is not new.
appointments
gromox
last_modified
enter
settle
enter
edit-record 0 0
fill-disk 4
edit-record 35 19
disturb 0 1
enter
