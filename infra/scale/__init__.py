"""Where a platform of many users saturates first: a simulation from measured service times.

One machine can tell how much of each resource one submission, one step of a job, one page and one
fit take, and how that grows with what is there. From these the arrivals of a busy hour are put
through queues, and the first resource that is full is named. The queues are checked against closed
forms (M/M/1, M/M/c, M/D/1) in the tests; `docs/scale.md` says what is measured, what is assumed and
what is left out.
"""
