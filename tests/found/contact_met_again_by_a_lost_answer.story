contacts
gromox
last_modified
enter
enter
enter
enter
enter
disturb 0 0
edit-item 15 31
edit-record 40 24
enter
enter
enter
forget
disturb 182 0
