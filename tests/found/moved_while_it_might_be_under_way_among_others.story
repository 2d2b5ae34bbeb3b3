# The same among others that were made in the same run, on an Exchange.
appointments
exchange
last_modified
enter
enter
enter
enter
settle
edit-item 0 0
enter
enter
enter
fill-disk 3
edit-record 137 19
disturb 0 1
