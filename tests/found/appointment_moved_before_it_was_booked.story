# The answer to the creation was kept nowhere because the disk was full, and the user moved the record before the next sync.
appointments
exchange
last_modified
enter
fill-disk 3
edit-record 0 109
