"""The kvm host in the reference machine does what the process host does, and holds.

One boot of a machine with nested virtualization runs all cases of an architecture. Each
conformance case must print and return the same as on the process host, with reports of
faults; each hostile guest must end with a diagnosis, and reach its own memory only.
"""

import re

import pytest
from conftest import BUILD, ROOT, Toolbox, run, without_account
from interrupts_guests import Interrupts
from kvm_attacks import RandomDoorbells, check_reach, reach_command
from kvm_block import distance_of_doorbells
from nested_machine import NestedMachine
from partition import build, write_model
from trace_guest import without_times

# A case takes up to 15 s in the machine, on a busy processor.
WRAPPER = [BUILD / "bin/host-wrapper", "--timeout", "300"]
KVM = [*WRAPPER, "--host", "kvm"]
GUESTS = ROOT / "tests/kvm/guests"
ARCHES = ["x86_64", "i386"]
CALLS, INTERRUPTS = (ROOT / f"tests/{name}/guests" for name in ("calls", "interrupts"))
LUA = ["closures", "coroutines", "errors", "numbers", "packing", "sorting", "strings"]
CARRIES = {"gated": [], "blocking": ["-DCARRY=JUMPSLOT_BLOCKING"],
           "direct": ["-DCARRY=JUMPSLOT_DIRECT"],
           "stated": ["-DCARRY(func)=JUMPSLOT_STACK_BYTES(func, 4096)"]}
CONVENTIONS = ["gated", "stated"]
CALLBACKS = ["types", "structs", "wide", "variadic", "end-of-memory", "sort", "stack",
             "thousand", "exit", "jump-inside", "switch", "switch-up", "not-the-guests",
             "jump-across", "jump-return", "host-jump", "host-jump-and-call", "pop",
             "pop-in-callback"]
RULES = ["mask", "clear", "state", "detach", "detach-service", "frame", "frame-level",
         "exceptions", "control"]
FAULTS = ["kinds", "retry", "restart", "stack", "undecided"]
# The first numbers that random guests begin with.
SEEDS = range(1, 7)
INLINE = {"goes-on": 3000, "timer": 5, "exits": 100}
SERVICES = ["hello", "calculator", "ticker", "rtos-scenario", "rtos-tickless"]
TRACED = ["calls", "inline", "policy"]
CONFORMANCE = [*SERVICES, *(f"lua-{name}" for name in LUA),
               *(f"calls-{name}" for name in CARRIES), "calls-untyped",
               *(f"callback-{name}" for name in CALLBACKS),
               *(f"rule-{name}" for name in RULES),
               *(f"fault-{name}" for name in FAULTS), "cold-restarts", "ports",
               *(f"inline-{name}" for name in INLINE),
               *(f"traced-{name}" for name in TRACED)]
# These run on the process host too: the machine has the kernel of Debian 12.
IN_PROCESS = ["hello", "ticker", "rtos-scenario", "rtos-tickless"]
CASES = {"x86_64": CONFORMANCE,
         "i386": [*CONFORMANCE, *(f"conventions-{name}" for name in CONVENTIONS)]}
# The name of an attack, and what the report says.
FAULT = r"stopped by signal 11 \(Segmentation fault\) at \S+ <{0}\+\S+, accessing "
PRIVILEGED = r"stopped by signal \d+ \(.*\) at \S+ <{0}\+\S+, privileged instruction {1}"
HOSTILE = {
    **dict.fromkeys(["read_address", "write_address", "write_slot", "write_constant",
                     "write_code", "write_gate", "read_doorbell", "ring_call",
                     "ring_sleep", "ring_stack_full", "ring_is_code", "ring_ping",
                     "ring_unknown", "ring_a_byte", "ring_across", "forge_index",
                     "forge_read_only", "call_at_the_edge", "use_no_stack"], FAULT),
    "jump_to_address": r"jumped to 0x1000, where nothing is mapped, from ",
    "run_data": r"jumped to \S+, which is not executable, from ",
    "run_doorbell": r"jumped to \S+, which is not executable, from ",
    "ring_called": r"a callback returned that was not the last one called",
    "ring_bind": r"called the resolver with 0x1000, which is not an entry of its ",
    "ring_fault": r"the guest's fault handler returned with another stack",
    **{f"do_{name}": PRIVILEGED.replace("{1}", instruction) for name, instruction in {
        "cli": "cli", "sti": "sti", "hlt": "hlt", "in": "in", "out": "out",
        "rdmsr": "rdmsr", "wrmsr": "wrmsr", "lgdt": "lgdt", "lidt": "lidt",
        "read_cr3": "mov from a control", "write_cr0": "mov to a control",
        "read_dr": "mov from a debug", "invlpg": "invlpg", "wbinvd": "wbinvd",
        "ltr": "ltr", "iret": "iret",
        "int_21": "int", "int_80": "int", "syscall": "syscall", "iopl": "cli",
        "load_ss": "mov to a segment", "far_jump": "far jump", "xsetbv": "xsetbv",
        "clts": "clts"}.items()},
    "do_int3": r"stopped by signal 5 \(Trace/breakpoint trap\) at ",
    "do_step": r"stopped by signal 5 \(Trace/breakpoint trap\) at ",
    "do_ud2": r"stopped by signal 4 \(Illegal instruction\) at ",
    "do_divide": r"stopped by signal 8 \(Floating point exception\) at ",
    "spin": r"stopped by signal 9 \(Killed\): its time is up \(--timeout\)",
    "storm": r"stopped by signal 9 \(Killed\): its time is up \(--timeout\)",
    "spoil_data": r"stopped by signal 9 \(Killed\): its time is up \(--timeout\)",
}
ATTACKS = {
    "x86_64": {**HOSTILE, "do_swapgs": PRIVILEGED.replace("{1}", "swapgs"),
               "do_sysret": PRIVILEGED.replace("{1}", "sysret")},
    "i386": {**HOSTILE, "do_sysenter": PRIVILEGED.replace("{1}", "sysenter"),
             "do_into": r"stopped by signal 11 \(Segmentation fault\) at ",
             "do_bound": r"stopped by signal 11 \(Segmentation fault\) at "},
}


def each(names):
    """Parameters: each architecture with each of its names."""
    return pytest.mark.parametrize("arch,name", [
        (arch, name) for arch in ARCHES for name in names[arch]])


def calls(tools):
    """Guests and providers of tests/calls."""
    flags = "-mavx", "-I", CALLS

    def guest(source, *types):
        return tools.guest(CALLS / f"{source}_guest.c", *flags, *types,
                           name=source + "".join(types))

    def provider(source, *carry):
        return tools.provider(CALLS / f"{source}_provider.c", *flags, *carry,
                              name=source + str(len(list(tools.directory.iterdir()))))
    sources = {"calls": ("calls", CARRIES)}
    if tools.arch == "i386":
        sources["conventions"] = ("calls_conventions_i386", CONVENTIONS)
    for subject, (source, carries) in sources.items():
        made = guest(source)
        for name in carries:
            yield f"{subject}-{name}", ["--provider", provider(source, *CARRIES[name]),
                                        made]
    yield "calls-untyped", ["--provider", provider("calls", "-DUNTYPED"),
                            guest("calls", "-DUNTYPED")]


def callbacks(tools):
    """Guest and provider of tests/calls/test_callbacks.py."""
    provider = tools.provider(CALLS / "callbacks_provider.c", "-pthread", "-Wno-psabi",
                              "-Wl,--no-as-needed,-lm", name="callbacks")
    guest = tools.guest(CALLS / "callbacks_guest.c", "-msse2", "-Wno-psabi",
                        name="callbacks")
    for name in CALLBACKS:
        yield f"callback-{name}", ["--provider", provider, guest, name]


def rules(tools):
    """The guest of the rules of delivery."""
    bases = ["-mfsgsbase"] * (tools.arch == "x86_64")
    guest = tools.link(tools.compile(
        INTERRUPTS / "interrupts_rules_guest.c", "-msse2", *bases,
        "-fno-tree-loop-distribute-patterns"), "-lgcc", name="rules")
    for name in RULES:
        yield f"rule-{name}", [guest, name]


def faults(tools):
    """Faults that the guest handles, and restarts."""
    guest = tools.guest(GUESTS / "faults_guest.c", "-msse2", name="faults")
    for name in FAULTS:
        yield f"fault-{name}", [guest, name]


def cold_restarts(tools):
    """A guest that loses all it knows, and a provider that counts in a file."""
    counts = tools.provider(GUESTS / "cold_provider.c",
                            f'-DCOLD_FILE="{tools.directory}/runs"', name="cold")
    yield "cold-restarts", ["--sandbox=off", "--provider", counts,
                            tools.guest(GUESTS / "cold_guest.c", name="cold")]


CHANNEL = """
[[channel]]
name = "{0}"
kind = "queuing"
size = 8
depth = {3}
from = {{ partition = "{1}", port = "{0}" }}
to = [{{ partition = "{2}", port = "{0}" }}]
"""


def partitions(tools):
    """Guests of a model: two ask and answer, with both architectures for i386; two start
    again between messages."""
    again = build(tools, "ports_again", tools.arch)
    return {"asks": (build(tools, "ports_asks", tools.arch), 1000, {}),
            "answers": (build(tools, "ports_answers", "x86_64"), 1000, {}),
            "sends": (again, 1000, {}),
            "receives": (again, 1000, {"arguments": ["receive"]})}


def ports(tools):
    """A compiled model: the machine has no Python."""
    path = write_model(tools.directory, partitions(tools))
    with open(path, "a", encoding="utf-8") as model:
        for words in [("questions", "asks", "answers", 1),
                      ("answers", "answers", "asks", 1), ("room", "asks", "answers", 1),
                      ("port", "sends", "receives", 2)]:
            model.write(CHANNEL.format(*words))
    compiled = tools.directory / "model"
    run("/usr/bin/python3", ROOT / "gen/monitor-model", "-o", compiled, path)
    yield "ports", ["--model", compiled]


def inline_functions(tools):
    """The guest of tests/interrupts/test_inline.py."""
    guest = tools.guest(INTERRUPTS / "inline_guest.c", "-lgcc", name="inline")
    for name, rounds in INLINE.items():
        yield f"inline-{name}", [guest, name, rounds]


def traced(tools):
    """Guest and provider of tests/trace, and a guest of functions that run inside."""
    folder = ROOT / "tests/trace/guests"
    provider = tools.provider(folder / "trace_provider.c", "-I", folder, name="trace")
    guest = tools.guest(folder / "trace_guest.c", "-I", folder, name="trace")
    yield "traced-calls", ["--trace", "--provider", provider, guest]
    yield "traced-policy", ["--on", "trace_many=fail:3", "--trace=trace_many",
                            "--provider", provider, guest]
    yield "traced-inline", ["--trace=_CPU_Virtual_*", tools.guest(
        INTERRUPTS / "inline_guest.c", "-lgcc", name="traced-inline"), "exits", "3"]


def programs(arch):
    """Guests that make built."""
    guests, providers = BUILD / "guests", BUILD / "providers"
    yield "hello", [guests / f"hello-{arch}.elf"]
    yield "calculator", ["--provider", providers / f"calculator-{arch}.so",
                         guests / f"calculator-{arch}.elf"]
    yield "ticker", [guests / f"ticker-{arch}.elf"]
    yield "rtos-scenario", [guests / f"rtos-scenario-{arch}.elf"]
    yield "rtos-tickless", [guests / f"rtos-scenario-{arch}.elf", "tickless"]
    for name in LUA:
        script = ROOT / f"tests/lua/scripts/{name}.lua"
        yield f"lua-{name}", ["--provider", f"{providers}/newlib-{arch}.so,root=/",
                              guests / f"lua-{arch}.elf", script]


@pytest.fixture(scope="module", name="cases")
def make_cases(tmp_path_factory):
    """Options and words of each conformance case."""
    made = {}
    for arch in ARCHES:
        tools = Toolbox(tmp_path_factory.mktemp(f"cases-{arch}"), arch)
        of_arch = dict([*programs(arch), *calls(tools), *callbacks(tools), *rules(tools),
                        *faults(tools), *cold_restarts(tools), *ports(tools),
                        *inline_functions(tools), *traced(tools)])
        assert sorted(of_arch) == sorted(CASES[arch])
        made.update({(arch, name): words for name, words in of_arch.items()})
    return made


def add_hostile(machine, tools):
    """Each attack of hostile.c."""
    guest = tools.guest(GUESTS / "hostile.c", name="hostile")
    distance = distance_of_doorbells(tools.arch)
    for name in ATTACKS[tools.arch]:
        timeout = "1" if name in ("spin", "storm", "spoil_data") else "60"
        machine.case(f"{tools.arch} {name}", BUILD / "bin/host-wrapper", "--host", "kvm",
                     "--timeout", timeout, guest, name, "1000", distance)


def add_tries(machine, tools):
    """Guests that try all addresses, and that ring at random."""
    machine.case(f"{tools.arch} reach", *reach_command(tools))
    doorbells = RandomDoorbells(tools)
    for seed in SEEDS:
        machine.case(f"{tools.arch} random {seed}", *doorbells.command(seed))


def add_registers(machine, tools):
    """A guest of the process host that has an interrupt at any instruction: the processor
    lacks XSAVEC, so the kernel restores registers in another way than most do."""
    guest = Interrupts(tools.directory, tools.arch).stress
    machine.case(f"{tools.arch} registers in a process", *WRAPPER, guest, "registers",
                 "200")


def add_steps(machine, tools):
    """A guest whose processor stops after each instruction: its provider sees to that."""
    guest = tools.guest(GUESTS / "steps_guest.c", "-lgcc", name="steps")
    provider = tools.provider(GUESTS / "steps_provider.c", "-Wl,-z,now", name="steps")
    machine.case(f"{tools.arch} steps", "/usr/bin/env", f"LD_PRELOAD={provider}", *KVM,
                 "--timeout", "300", "--sandbox=off", "--provider", provider, guest)


def boot(directory, cases, of_arch):
    """The results of an architecture's cases, from one boot."""
    machine = NestedMachine(directory, BUILD)
    machine.add(BUILD / "bin/jumpslot-backtrace")
    for (arch, name), words in cases.items():
        if arch != of_arch:
            continue
        machine.case(f"{arch} {name}", *KVM, *words)
        if name == "ports":
            for guest in words[-1].parent.glob("ports_*.elf"):
                machine.add(guest)
        if name in IN_PROCESS:
            machine.case(f"{arch} {name} in a process", *WRAPPER, *words)
    for arch in ARCHES:  # a model for i386 has partitions of both
        for host in "kvm", "static":
            machine.add(BUILD / f"bin/jumpslot-runner-{arch}-{host}")
    for add_cases in add_hostile, add_tries, add_registers, add_steps:
        add_cases(machine, Toolbox(directory, of_arch))
    return machine.boot(900)


@pytest.fixture(scope="module")
def nested_x86_64(tmp_path_factory, cases):
    return boot(tmp_path_factory.mktemp("nested"), cases, "x86_64")


@pytest.fixture(scope="module")
def nested_i386(tmp_path_factory, cases):
    return boot(tmp_path_factory.mktemp("nested"), cases, "i386")


@pytest.fixture(name="nested")
def results_of_arch(request, arch):
    return request.getfixturevalue(f"nested_{arch}")


def comparable(status, output, errors):
    """Without addresses and times, and without the runner's account of the end."""
    errors = without_times(without_account(errors))
    errors = re.sub(r"(interrupt \d+) at .* ---$", r"\1", errors, flags=re.MULTILINE)
    errors = re.sub(r"0x[0-9a-f]+|/\S+\.elf", "", errors)
    if not output.startswith("["):
        return status, output, errors
    # Partitions print in any order.
    return status, sorted(output.splitlines()), sorted(
        errors.replace("--host kvm", "--host process").splitlines())


@each(CASES)
def test_a_guest_does_the_same_as_on_the_process_host(nested, cases, arch, name):
    result = run(*WRAPPER, *cases[arch, name], check=False)
    assert comparable(*nested[f"{arch} {name}"]) == \
        comparable(result.returncode, result.stdout, result.stderr)


@pytest.mark.parametrize("name", IN_PROCESS)
@pytest.mark.parametrize("arch", ARCHES)
def test_the_process_host_does_the_same_on_debians_kernel(nested, cases, arch, name):
    result = run(*WRAPPER, *cases[arch, name], check=False)
    assert comparable(*nested[f"{arch} {name} in a process"]) == \
        comparable(result.returncode, result.stdout, result.stderr)


@pytest.mark.parametrize("arch", ARCHES)
def test_an_interrupt_in_a_process_changes_no_register_there(nested, arch):
    assert nested[f"{arch} registers in a process"] == (0, "", "")


@each(ATTACKS)
def test_a_hostile_guest_ends_with_a_diagnosis(nested, arch, name):
    status, output, errors = nested[f"{arch} {name}"]
    assert re.search(ATTACKS[arch][name].replace("{0}", name), errors), errors
    assert output == "" and status > 128


@pytest.mark.parametrize("arch", ARCHES)
def test_a_guest_reaches_only_what_is_its_own(nested, arch):
    check_reach(nested[f"{arch} reach"])


@pytest.mark.parametrize("arch", ARCHES)
def test_random_doorbells_end_with_a_diagnosis(nested, arch):
    results = {seed: nested[f"{arch} random {seed}"] for seed in SEEDS}
    for seed, result in results.items():
        problem = RandomDoorbells.diagnose(result)
        assert not problem, (seed, problem, result)


@pytest.mark.parametrize("arch", ARCHES)
def test_an_interrupt_at_any_instruction_inside_is_delivered_once(nested, arch):
    """Each round of a window raises one instruction later: it has as many rounds."""
    status, output, errors = nested[f"{arch} steps"]
    rounds = {name: int(count) for name, count in
              re.findall(r"^(.*): (\d+) rounds$", output, re.MULTILINE)}
    assert (output.count("\n"), status, errors) == (len(rounds), 0, ""), output
    assert list(rounds) == [
        "call", "variadic call", "first call", "callback", "enable", "raise and clear",
        "mask and unmask", "wait", "clock", "handler", "handler in a call"]
    assert min(rounds.values()) >= 40


@pytest.mark.parametrize("arch", ARCHES)
def test_there_are_as_many_cases_as_agreed(arch):
    assert len(CASES[arch]) <= 60 and len(ATTACKS[arch]) >= 40
