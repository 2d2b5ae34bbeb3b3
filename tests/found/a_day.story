# A day on which nothing went wrong, so that there is one.
contacts
exchange
last_modified
enter
record
settle
edit-item 0 0
edit-record 0 1
disturb 1 0
settle
