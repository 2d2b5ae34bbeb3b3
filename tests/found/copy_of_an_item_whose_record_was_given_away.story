# The state was lost after the record was given away: the item waits, and a copy of it is a new entry.
tasks
exchange
crm
enter
disturb 14 0
forget
give-away 0
settle
copy 0
