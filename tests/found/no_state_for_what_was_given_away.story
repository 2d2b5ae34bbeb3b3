# What a lost state knew is lost with it; what stands there stays.
contacts
gromox
crm
enter
settle
give-away 0
edit-item 0 0
disturb 0 0
forget
settle
enter
take-back 0
rest 0
