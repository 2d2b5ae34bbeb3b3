# A record that a cut-off sync may have overwritten is given away: what stood in it is kept.
tasks
gromox
exchange
enter
give-away 0
enter
enter
settle
record
edit-record 160 0
fill-disk 4
give-away 20
settle
take-back 0
