# Under the strategy crm, what is typed into the mailbox is put back however often it is another value.
tasks
exchange
crm
enter
enter
enter
disturb 0 0
edit-record 47 0
settle
edit-item 53 0
enter
disturb 0 0
give-away 84
edit-item 254 0
disturb 0 0
edit-item 14 0
delete-record 8
settle
edit-item 29 0
rest 0
