# A task without dates is given to a colleague.
tasks
exchange
enter
settle
give-away 0
settle
