# A write was cut off by a full disk and the user changed one of its fields since: what was overwritten in the others is kept all the same.
contacts
gromox
exchange
enter
enter
settle
enter
record
rest 23
edit-record 67 3
edit-record 178 176
record
edit-item 63 0
fill-disk 7
give-away 2
record
edit-record 226 98
