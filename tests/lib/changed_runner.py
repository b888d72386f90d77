"""Builds a runner from the tree's objects, with some source files changed.

A test that takes a protection out of the runner must see what the protection prevents.
Depends on what make built and on the conftest.
"""

import shutil

from conftest import BUILD, HOST_MACHINE, ROOT, run

HOST_WRAPPER = ROOT / "host-wrapper"
ROOMS = ["common", "runner", "vcpu", "process"]
LDFLAGS = {"": ["-pie", f"-Wl,--dynamic-list={HOST_WRAPPER}/runner/provider_api.map"],
           "-static": ["-static-pie"]}
FLAGS = ["-std=gnu11", "-O2", "-g", "-mgeneral-regs-only", "-I", HOST_WRAPPER, "-I", ROOT,
         "-I", ROOT / "guest-macros", "-I", HOST_WRAPPER / "include"]


class ChangedRunner:
    """One runner for `arch`, built below `directory`.

    The kind is "" for guests with providers, "-static" for those without.
    """

    def __init__(self, directory, arch, kind=""):
        self.directory, self.arch, self.kind = directory, arch, kind
        self.changed = {}  # path in the tree: changed text

    def source(self, name):
        """The source file whose path ends with `name`; {arch} is the architecture."""
        name = name.format(arch=self.arch)
        found = [path for room in ROOMS for path in (HOST_WRAPPER / room).rglob("*.[cS]")
                 if str(path).endswith(f"/{name}")]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def change(self, name, edit):
        """Apply `edit`, from text to text, to a source file."""
        path = self.source(name)
        self.changed[path] = edit(self.changed.get(path) or path.read_text())

    def compile(self, path, number):
        """Compile the changed text of `path` to an object file."""
        source = self.directory / f"changed{number}{path.suffix}"
        source.write_text(self.changed[path])
        target = source.with_suffix(".o")
        run("gcc", *HOST_MACHINE[self.arch], "-I", path.parent, *FLAGS,
            "-I", BUILD / "offsets" / self.arch, "-c", source, "-o", target)
        return target

    def objects(self):
        """Objects of all files that did not change."""
        built = BUILD / f"obj/runner-{self.arch}/host-wrapper"
        left_out = ["provider_library", "guest_library"] if self.kind else []
        others = {"x86_64": "i386", "i386": "x86_64"}[self.arch]
        return [built / path.relative_to(HOST_WRAPPER).with_suffix(".o")
                for room in ROOMS for path in (HOST_WRAPPER / room).rglob("*.[cS]")
                if path not in self.changed and others not in path.parts
                and not path.stem.endswith("_offsets") and path.stem not in left_out
                and not path.stem.endswith(f"_{others}")]

    def link(self):
        """Link it; returns the folder with it and a host-wrapper that starts it."""
        folder = self.directory / "bin"
        folder.mkdir(exist_ok=True)
        shutil.copy(BUILD / "bin/host-wrapper", folder)
        changed = [self.compile(path, number) for number, path in enumerate(self.changed)]
        run("gcc", *HOST_MACHINE[self.arch], *LDFLAGS[self.kind],
            "-Wl,-z,text,-z,relro,-z,now", "-o",
            folder / f"jumpslot-runner-{self.arch}{self.kind}", *changed, *self.objects(),
            BUILD / f"resolver/resolver-{self.arch}.o")
        return folder
