# The tasks were made in the CRM and booked nowhere; without a day of their own only the stand-in tells them.
tasks
gromox
last_modified
enter
enter
enter
fill-disk 7
forget
