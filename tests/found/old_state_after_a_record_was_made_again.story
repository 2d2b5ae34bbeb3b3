# Under the strategy exchange the record was made again, and an older state put back.
appointments
exchange
exchange
enter
settle
delete-record 0
back-up
settle
put-back
rest 0
