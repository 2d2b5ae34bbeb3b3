# The disk was full after an item was made for a record; the user deleted the item before it was booked.
appointments
gromox
crm
enter
settle
record
fill-disk 4
delete-item 19
settle
edit-record 43 0
