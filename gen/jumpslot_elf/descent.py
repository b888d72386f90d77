"""Recursive descent: the code that control flow reaches from given addresses.

Follows jumps and calls, and goes on behind a call if what is called can return. Depends on
code_image and instruction.
"""

from .instruction import Flow

# Whether the code of a run comes to a return: not by what is known yet, by a jump through
# a pointer that may lead to one, or by one of its own.
UNKNOWN, MAYBE, SURELY = range(3)


class Run:
    """Instructions one behind the other, up to a jump, a call or another run."""

    def __init__(self, returns=UNKNOWN):
        self.returns = returns
        self.before = []    # runs that lead into this one
        self.callers = []   # runs that end in a call of it, and where they would go on


class Descent:
    """
    code      the run of each instruction that was reached, by address
    pointers  numbers in the code that may be addresses of code
    reads     addresses that the code reads from: what lies there is data
    doubtful  where code would go on behind a call of which nobody knows whether it returns,
              outside functions that state their size; and the runs before
    """

    def __init__(self, image, decoder):
        self._image, self._decoder = image, decoder
        self.code, self.pointers, self.reads, self.doubtful = {}, set(), set(), {}
        self._runs, self._queue, self._returning = {}, [], []
        self._elsewhere = Run(MAYBE)

    def follow(self, addresses):
        for address in addresses:
            self._run_at(address)
        while self._queue or self._returning:
            if self._returning:
                self._spread(*self._returning.pop())
            else:
                self._explore(self._queue.pop())

    def _run_at(self, address):
        if not self._image.is_executable(address):
            return self._elsewhere
        run = self.code.get(address) or self._runs.get(address)
        if not run:
            run = self._runs[address] = Run()
            self._queue.append(address)
        for before in self.doubtful.pop(address, ()):
            self._link(before, run)
        return run

    def _link(self, run, following):
        following.before.append(run)
        self._returning.append((run, following.returns))

    def _explore(self, start):
        run, at = self._runs[start], start
        while instruction := self._decoder.at(at):
            self.code[at] = run
            self._note(instruction)
            at = instruction.end
            if not self._leads_on(run, instruction):
                return
            following = self.code.get(at) or self._runs.get(at)
            if following:
                return self._link(run, following)
            if at in self._image.objects and start not in self._image.objects:
                return

    def _note(self, instruction):
        for number, is_read in instruction.references():
            if self._image.is_executable(number):
                (self.reads if is_read else self.pointers).add(number)

    def _leads_on(self, run, instruction):
        """Whether what is behind an instruction belongs to its run."""
        flow, target = instruction.flow, instruction.target
        following = self._elsewhere if target is None else None
        if flow is Flow.RETURN:
            self._returning.append((run, SURELY))
        elif flow is not Flow.ON and flow is not Flow.STOP:
            following = following or self._run_at(target)
            if flow is Flow.CALL:
                self._wait(run, instruction.end, following)
            else:
                self._link(run, following)
        return flow is Flow.ON or flow is Flow.BRANCH

    def _spread(self, run, returns):
        """A run returns: so do those before it, and calls of it go on."""
        if returns <= run.returns:
            return
        run.returns = returns
        self._returning += [(before, returns) for before in run.before]
        callers, run.callers = run.callers, []
        for caller, behind in callers:
            self._wait(caller, behind, run)

    def _wait(self, caller, behind, called):
        if called.returns:
            self._go_on(caller, behind, called.returns)
        if called.returns < SURELY:
            called.callers.append((caller, behind))

    def _go_on(self, caller, behind, returns):
        if behind in self._image.objects or not self._image.is_executable(behind):
            return
        known = behind in self.code or behind in self._runs
        if known or returns == SURELY or self._is_inside(behind):
            self._link(caller, self._run_at(behind))
        else:
            self.doubtful.setdefault(behind, []).append(caller)

    def _is_inside(self, address):
        return address in self._image.bodies and address not in self._image.functions
