# A record is deleted while the computer's clock is set back, and the CRM tells of deletions only by its complete list.
contacts
gromox
crm
enter
disturb 206 0
jump 54
delete-record 0
settle
rest 0
