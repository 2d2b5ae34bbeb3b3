# A task is given to a colleague: nobody may see it any more, and the item has to go (R1.5).
tasks
exchange
last_modified
enter
settle
give-away 0
settle
