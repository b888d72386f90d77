"""Arguments and results are right on the first call and on every later one.

On both architectures, in every convention, and for each way to carry a call.
"""

import itertools
import re
import shutil
import signal

import pytest
from conftest import ROOT, Toolbox, without_account

GUESTS = ROOT / "tests/calls/guests"
COMPILERS = ("gcc", "clang")
ARCHES = ("x86_64", "i386")
OPTIMIZE = ("-O0", "-O2")
FLAGS = ("-mavx", "-I", GUESTS)

# The provider's flags, and how its functions are then carried: with types, and without.
# The stated bytes are a bound that exceeds every call.
CARRIES = {
    "default": ((), "gated", "guest-stack"),
    "blocking": (("-DCARRY=JUMPSLOT_BLOCKING",), "gated", "guest-stack"),
    "stated": (("-DCARRY(func)=JUMPSLOT_STACK_BYTES(func, 4096)",), "gated", "gated"),
    "direct": (("-DCARRY=JUMPSLOT_DIRECT",), "direct", "direct"),
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Builds each provider once for all tests that use it."""
    tools = Toolbox(tmp_path_factory.mktemp("providers"))
    made = {}

    def build(source, arch, *flags, cc="gcc"):
        key = (source, arch, flags, cc)
        if key not in made:
            made[key] = tools.provider(GUESTS / f"{source}_provider.c", *FLAGS, *flags,
                                       arch=arch, cc=cc, name=f"provider{len(made)}")
        return made[key]
    return build


def assert_right(tools, provider, guest, *arguments, bind="lazy"):
    result = tools.wrapper("--bind", bind, "--provider", provider, guest, *arguments)
    assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0), \
        (provider, arguments, bind)


def guest(tools, source, arch, *flags, **options):
    return tools.guest(GUESTS / f"{source}_guest.c", *FLAGS, *flags, arch=arch, **options)


# i386 guests are never position-independent.
@pytest.mark.parametrize("arch,pie,cc,optimize,inline", itertools.chain(
    itertools.product(["x86_64"], [False, True], COMPILERS, OPTIMIZE, [False, True]),
    itertools.product(["i386"], [False], COMPILERS, OPTIMIZE, [False, True])))
def test_every_kind_of_call_is_right_however_it_is_carried(
        tools, provider, arch, pie, cc, optimize, inline):
    flags = [optimize] + (["-DJUMPSLOT_INLINE_CALLS"] if inline else [])
    made = guest(tools, "calls", arch, *flags, cc=cc, pie=pie)
    for (carry, _, _), bind in itertools.product(CARRIES.values(), ["lazy", "now"]):
        assert_right(tools, provider("calls", arch, *carry), made, bind=bind)


@pytest.mark.parametrize("arch,cc", itertools.product(ARCHES, COMPILERS))
def test_calls_are_right_where_no_type_is_known(tools, provider, arch, cc):
    made = guest(tools, "calls", arch, "-DUNTYPED", cc=cc)
    for carry, _, _ in CARRIES.values():
        assert_right(tools, provider("calls", arch, "-DUNTYPED", *carry), made)


@pytest.mark.parametrize("arch,carry", itertools.product(ARCHES, CARRIES))
def test_one_side_that_knows_the_types_is_enough(tools, provider, arch, carry):
    flags = CARRIES[carry][0]
    for guests, providers in ((), ("-DUNTYPED",)), (("-DUNTYPED",), ()):
        made = guest(tools, "calls", arch, *guests)
        assert_right(tools, provider("calls", arch, *providers, *flags), made)


@pytest.mark.parametrize("arch,cc,optimize",
                         itertools.product(ARCHES, COMPILERS, OPTIMIZE))
def test_calls_do_not_depend_on_the_providers_compiler(tools, provider, arch, cc,
                                                       optimize):
    made = guest(tools, "calls", arch)
    for carry, _, _ in CARRIES.values():
        assert_right(tools, provider("calls", arch, *carry, optimize, cc=cc), made)


@pytest.mark.parametrize("arch", ARCHES)
def test_calls_are_right_without_read_only_slots(tools, provider, arch):
    made = guest(tools, "calls", arch, script=False)
    assert_right(tools, provider("calls", arch), made)


@pytest.mark.parametrize("arch,carry,cc", itertools.product(ARCHES, CARRIES, COMPILERS))
def test_registers_arrive_and_those_of_the_guest_come_back(tools, provider, arch, carry,
                                                           cc):
    """With what one architecture alone has: 128-bit integers, the static chain."""
    flags, typed, untyped = CARRIES[carry]
    source = f"calls_{arch}"
    for types, carried in ((), typed), (("-DUNTYPED",), untyped):
        made = guest(tools, source, arch, *types, cc=cc)
        assert_right(tools, provider(source, arch, *types, *flags), made, carried)


@pytest.mark.parametrize("cc,optimize,inline",
                         itertools.product(COMPILERS, OPTIMIZE, [False, True]))
def test_i386_conventions_are_kept_however_calls_are_carried(
        tools, provider, cc, optimize, inline):
    """For arguments in registers and on the stack, and for the stack after the call."""
    source = "calls_conventions_i386"
    flags = [optimize] + (["-DJUMPSLOT_INLINE_CALLS"] if inline else [])
    made = guest(tools, source, "i386", *flags, cc=cc)
    for (carry, _, _), bind in itertools.product(CARRIES.values(), ["lazy", "now"]):
        assert_right(tools, provider(source, "i386", *carry), made, bind=bind)


@pytest.fixture(scope="module")
def sides(tmp_path_factory, provider):
    """Runs a guest that checks one subject of calls_sides.h, by all means of libc."""
    made = {}

    def run(arch, cc, subject, *options, initially="", **starting):
        tools = Toolbox(tmp_path_factory.mktemp("sides"))
        if (arch, cc) not in made:
            made[arch, cc] = tools.link(
                tools.compile(GUESTS / "calls_sides_guest.c", *FLAGS, arch=arch, cc=cc),
                tools.compile(GUESTS / f"calls_stack_{arch}.S", arch=arch), arch=arch)
        host = provider("calls_sides", arch, "-Wl,--no-as-needed", "-lm", "-pthread")
        result = tools.wrapper("--sandbox=off", "--provider", f"{host}{initially}",
                               *options,
                               made[arch, cc], subject, **starting)
        return result.stdout, without_account(result.stderr), result.returncode
    return run


SIDES = pytest.mark.parametrize("arch,cc", list(itertools.product(ARCHES, COMPILERS)))
RIGHT = ("done\n", "", 0)


@SIDES
def test_guest_and_host_have_floating_point_control_of_their_own(sides, arch, cc):
    assert sides(arch, cc, "floats") == RIGHT


@SIDES
def test_what_a_host_function_masks_is_masked_for_the_host_alone(sides, arch, cc):
    assert sides(arch, cc, "masks") == RIGHT


def mask_first_user_signal():
    signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1])


@SIDES
def test_the_guest_starts_with_the_mask_that_the_wrapper_has(sides, arch, cc):
    """Signals that jumpslot_provider_init() masks are masked for the host alone."""
    assert sides(arch, cc, "inherited", initially=f",{int(signal.SIGUSR2)}",
                 preexec_fn=mask_first_user_signal) == RIGHT


@SIDES
def test_a_blocking_function_masks_the_signal_of_a_clock_that_is_set(sides, arch, cc):
    assert sides(arch, cc, "blocking") == RIGHT


@SIDES
def test_errno_is_kept_from_one_gated_call_to_the_next(sides, arch, cc):
    assert sides(arch, cc, "errno") == RIGHT


@SIDES
def test_a_gated_function_takes_nothing_of_a_small_stack(sides, arch, cc):
    assert sides(arch, cc, "small-stack") == RIGHT


@SIDES
def test_a_function_that_takes_too_much_of_a_small_stack_is_seen(sides, arch, cc):
    """Proves that the checker can fail: a direct function does write there."""
    what = "the memory below a small stack\n"
    assert sides(arch, cc, "overflow") == (
        f"wrong on the first call: {what}" + 2 * f"wrong on a later call: {what}" +
        "done\n", "", 3)


@SIDES
def test_stated_bytes_may_exceed_what_the_guests_stack_holds(sides, arch, cc):
    assert sides(arch, cc, "end-of-memory") == RIGHT


@SIDES
def test_a_host_that_masks_every_signal_hinders_neither_gate_nor_report(sides, arch, cc):
    assert sides(arch, cc, "mask-all") == RIGHT
    assert crash(sides(arch, cc, "crash-mask-all")) == ("crash_with_mask", "gated_read")


def crash(result):
    """The calling function of the guest, and the host's, from a fault's report."""
    found = re.fullmatch(r"host-wrapper: \S+: stopped by signal 11 "
                         r"\(Segmentation fault\) at 0x[0-9a-f]+ \(not the guest's "
                         r"code: a provider's or the runner's\), accessing 0x10, "
                         r"in (\w+), called from 0x[0-9a-f]+ "
                         r"<(?:check_)?(\w+)\+0x[0-9a-f]+>\n", result[1])
    assert found and (result[0], result[2]) == ("", 128 + 11), result
    return found[2], found[1]


@SIDES
def test_a_fault_is_reported_with_the_place_of_the_call_however_it_is_carried(
        sides, arch, cc):
    assert crash(sides(arch, cc, "crash")) == ("crash", "gated_read")
    assert crash(sides(arch, cc, "crash-variadic")) == \
        ("crash_of_variadic", "variadic_read")


@SIDES
def test_a_hosts_own_undefined_instruction_is_told_from_the_gates(sides, arch, cc):
    out, error, status = sides(arch, cc, "trap")
    assert (out, status) == ("", 128 + 4)
    assert re.fullmatch(r"host-wrapper: \S+: stopped by signal 4 "
                        r"\(Illegal instruction\) at 0x[0-9a-f]+ \(not the guest's "
                        r"code: a provider's or the runner's\), in gated_trap, "
                        r"called from 0x[0-9a-f]+ "
                        r"<check_trap\+0x[0-9a-f]+>\n", error), error


@SIDES
def test_stated_bytes_that_the_hosts_stack_does_not_hold_are_reported(sides, arch, cc):
    """The gate recovers from a fault when it reads arguments, not when it writes them."""
    out, error, status = sides(arch, cc, "end-of-memory", "--host-stack", "4K")
    assert (out, status) == ("", 128 + 11)
    assert re.fullmatch(r"host-wrapper: \S+: stopped by signal 11 "
                        r"\(Segmentation fault\): the host's stack is full "
                        r"\(--host-stack\), in stated_sum, called from "
                        r"0x[0-9a-f]+ <add_up\+0x[0-9a-f]+>\n", error), error


@SIDES
def test_too_few_stated_bytes_are_seen(sides, arch, cc):
    """Proves that the checker can fail: the gate copies only the stated bytes."""
    assert sides(arch, cc, "understated") == (
        "wrong on the first call: nine integers\n" +
        2 * "wrong on a later call: nine integers\n" + "done\n", "", 3)


# An instruction after the stub's call of the resolver, which destroys an argument.
BROKEN = {"x86_64": "xor\\t%r9d, %r9d", "i386": "xor\\t%ecx, %ecx"}


@pytest.mark.parametrize("arch", ARCHES)
def test_a_register_that_a_first_call_loses_is_seen(tools, provider, arch):
    """Proves that the checker can fail: the stub's first call destroys a register."""
    headers = shutil.copytree(ROOT / "guest-macros/jumpslot",
                              tools.directory / "jumpslot")
    stub = headers / f"external_stub_{arch}.h"
    bind = '"\tcall\t__external_bind\\n"'
    assert bind in stub.read_text()
    stub.write_text(stub.read_text().replace(bind, f'{bind}\n"\t{BROKEN[arch]}\\n"'))
    source = f"calls_{arch}"
    made = guest(tools, source, arch, "-I", tools.directory)
    result = tools.wrapper("--provider", provider(source, arch), made, "gated")
    assert "wrong on the first call: general registers\n" in result.stdout
    assert "wrong on a later call" not in result.stdout
    assert result.returncode == result.stdout.count("wrong on the first call") > 0
