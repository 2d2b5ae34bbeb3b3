# The disk was full in the first sync, and the clock jumped; a record that was edited must reach the item.
tasks
exchange
crm
fill-disk 5
enter
jump 47
settle
enter
take-back 0
edit-record 0 0
