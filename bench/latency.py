"""Latency of a periodic clock until it reaches a waiting guest, beside a timer's signal.

The distributions are plotted; rows compare their medians and 99th percentiles.
"""

from statistics import quantiles

from rows import Ratio
from runs import BENCH, QUICK, WRAPPER, in_turn, run

# {Hz: periods of one run}
RATES = {1000: 20, 10000: 100} if QUICK else {100: 100, 1000: 500, 10000: 5000}
RUNS = 1 if QUICK else 3


def latencies(host, machine, rate):
    """Nanoseconds of our and the peer's periods, over all runs."""
    folder, period, count = BENCH / machine, 10**9 // rate, RATES[rate]
    both = [], []
    for index in range(RUNS):
        results = in_turn(
            index,
            lambda: run(WRAPPER, *host.options, "--provider",
                        f"{folder / 'latency-provider.so'},{period},{count}",
                        folder / "latency-guest.elf"),
            lambda: run(folder / "latency-signal", period, count))
        for side, output in zip(both, results):
            side += map(int, output.split())
    return both


def percentile(values, which):
    return quantiles(values, n=100, method="inclusive")[which - 1]


def rows_and_series(machine, host):
    """Rows, and {(name, rate): [latencies in ns]}."""
    rows, series = [], {}
    for rate in RATES:
        ours, peer = latencies(host, machine, rate)
        series[f"guest, {rate:,} Hz"], series[f"signal, {rate:,} Hz"] = ours, peer
        for name, which in ("median", 50), ("99th percentile", 99):
            a, b = percentile(ours, which), percentile(peer, which)
            rows.append(Ratio(machine, f"clock : signal, {name} at {rate:,} Hz", "us",
                              a / 1000, b / 1000, [a / b]))
    return rows, series
