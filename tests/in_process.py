"""An executor for tests that starts no process."""


class Here:
    """Runs jobs in this process, from the first or the last on, at most so many."""

    def __init__(self, *, backwards=False, most=None):
        self.backwards, self.most, self.jobs = backwards, most, []

    def run(self, function, jobs):
        order = range(len(jobs))
        for position in reversed(order) if self.backwards else order:
            if self.most is not None and len(self.jobs) >= self.most:
                raise KeyboardInterrupt
            self.jobs.append(jobs[position])
            yield position, function(jobs[position])
