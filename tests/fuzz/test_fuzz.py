"""Each fuzz target holds for the stored corpus and for a moment of mutations of it.

The same mutations in every run. `make fuzz` goes on for longer.
"""

import os
import subprocess

import pytest
from conftest import BUILD, HANGS, ROOT

CORPUS = ROOT / "tests/fuzz/corpus"
TARGETS = sorted(path.stem.removeprefix("fuzz_")
                 for path in (ROOT / "tests/fuzz").glob("fuzz_*.c"))
RUNS = 20000
FEWER = {"debug_info": 500}  # each input in a process of its own
# The symbolizer would outlive the program.
WITHOUT_SYMBOLIZER = {"ASAN_OPTIONS": "symbolize=0"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_holds_for_corpus_and_mutations(tmp_path, target):
    runs = FEWER.get(target, RUNS)
    result = subprocess.run(
        [BUILD / "fuzz" / target, "-seed=1", f"-runs={runs}",
         f"-artifact_prefix={tmp_path}/", tmp_path, CORPUS / target],
        capture_output=True, text=True, errors="replace", timeout=HANGS,
        env=os.environ | {"BUILD": str(BUILD)})
    assert result.returncode == 0, result.stderr
    assert f"Done {runs} runs" in result.stderr
    assert list((CORPUS / target).iterdir())


def test_a_broken_promise_ends_a_target(tmp_path):
    """A target that holds for everything would prove nothing."""
    source = tmp_path / "broken.c"
    source.write_text("""
        #include "tests/fuzz/fuzz.h"
        #include "tests/unit/without_check/check.h"
        int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
        {
                ck_assert_msg(size < 2 || data[0] != 'x', "an x");
                return 0;
        }
        """)
    program = tmp_path / "broken"
    subprocess.run(["clang", "-fsanitize=fuzzer,address,undefined", "-I", ROOT, source,
                    "-o", program], check=True, timeout=HANGS)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/one").write_text("xx")
    result = subprocess.run([program, "-runs=1", f"-artifact_prefix={tmp_path}/",
                             tmp_path / "corpus"],
                            capture_output=True, text=True, timeout=HANGS,
                            env=os.environ | WITHOUT_SYMBOLIZER)
    assert result.returncode != 0 and "an x" in result.stderr
