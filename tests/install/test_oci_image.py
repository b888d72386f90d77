"""packaging/oci-image packs one guest and all that runs it, and nothing else.

The image is unpacked by the rules of the format, and its entry point is run with the
image as the root of the file system.
"""

import hashlib
import io
import json
import os
import subprocess
import tarfile

import doc_page
import pytest
from conftest import BUILD, HANGS, MAKE_BUILD, ROOT

TOOL = ROOT / "packaging/oci-image"
CALCULATOR = BUILD / "guests/calculator-{}.elf"
PROVIDER = BUILD / "providers/calculator-{}.so"


def pack(output, *words, status=0):
    done = subprocess.run([TOOL, "--bin", BUILD / "bin", "-o", output, *words],
                          text=True, stderr=subprocess.PIPE, timeout=HANGS)
    assert done.returncode == status, done.stderr
    return done.stderr


def blob(image, descriptor):
    """The content that a descriptor names, checked against digest and size."""
    kind, value = descriptor["digest"].split(":")
    content = image.extractfile(f"blobs/{kind}/{value}").read()
    assert hashlib.new(kind, content).hexdigest() == value
    assert len(content) == descriptor["size"]
    return content


def read_image(path):
    """(configuration, layer as an open tar file) of an image with one layer."""
    with tarfile.open(path) as image:
        layout = json.load(image.extractfile("oci-layout"))
        assert layout == {"imageLayoutVersion": "1.0.0"}
        index = json.load(image.extractfile("index.json"))
        described, = index["manifests"]
        manifest = json.loads(blob(image, described))
        config = json.loads(blob(image, manifest["config"]))
        packed, = manifest["layers"]
        layer = tarfile.open(fileobj=io.BytesIO(blob(image, packed)), mode="r:gz")
    layer.fileobj.seek(0)
    plain = hashlib.sha256(layer.fileobj.read()).hexdigest()
    assert config["rootfs"]["diff_ids"] == [f"sha256:{plain}"]
    layer.fileobj.seek(0)
    return config, layer


def run(config, root):
    """Run the image's entry point with `root` as the root of the file system."""
    command = config["config"]["Entrypoint"] + config["config"]["Cmd"]
    namespace = ["--mount"] if os.getuid() == 0 else ["--map-root-user", "--mount"]
    return subprocess.run(
        ["unshare", *namespace, "sh", "-c",
         'mount --rbind /proc "$1/proc" && root=$1 && shift && exec chroot "$root" "$@"',
         "sh", root, *command], text=True, timeout=HANGS, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_the_image_alone_runs_the_guest_with_its_provider(arch, tmp_path):
    pack(tmp_path / "image.tar", "--provider", str(PROVIDER).format(arch),
         str(CALCULATOR).format(arch))
    config, layer = read_image(tmp_path / "image.tar")
    layer.extractall(tmp_path / "root")
    done = run(config, tmp_path / "root")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("9000000000 + 1 = 9000000001\n")


def test_the_image_holds_only_what_runs_the_guest(tmp_path):
    pack(tmp_path / "image.tar", "--provider", str(PROVIDER).format("x86_64"),
         str(CALCULATOR).format("x86_64"))
    config, layer = read_image(tmp_path / "image.tar")
    files = {entry.name for entry in layer if entry.isfile()}
    ours = {name for name in files if ".so." not in name and "ld-linux" not in name}
    assert ours == {"usr/lib/jumpslot/bin/host-wrapper",
                    "usr/lib/jumpslot/bin/jumpslot-backtrace",
                    "usr/lib/jumpslot/bin/jumpslot-runner-x86_64",
                    "guest/calculator-x86_64.elf", "guest/calculator-x86_64.so"}
    assert config["config"]["User"] == "65534:65534"


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_an_image_without_a_provider_needs_no_shared_library(arch, tmp_path):
    guest = BUILD / f"guests/hello-{arch}.elf"
    pack(tmp_path / "image.tar", "--without-backtrace", guest)
    config, layer = read_image(tmp_path / "image.tar")
    files = {entry.name for entry in layer if entry.isfile()}
    assert files == {"usr/lib/jumpslot/bin/host-wrapper", f"guest/{guest.name}",
                     f"usr/lib/jumpslot/bin/jumpslot-runner-{arch}-static"}
    layer.extractall(tmp_path / "root")
    done = run(config, tmp_path / "root")
    assert (done.stdout, done.stderr) == ("Hello from a guest.\n", "")


def test_options_of_host_wrapper_and_arguments_of_the_guest_are_kept(tmp_path):
    pack(tmp_path / "image.tar", "--option=--timeout", "--option=5",
         str(CALCULATOR).format("x86_64"), "one", "two")
    config, _ = read_image(tmp_path / "image.tar")
    assert config["config"]["Entrypoint"] == [
        "/usr/lib/jumpslot/bin/host-wrapper", "--timeout", "5",
        "/guest/calculator-x86_64.elf"]
    assert config["config"]["Cmd"] == ["one", "two"]


def make(image, *words):
    """`make oci` without a build: the programs are those under test."""
    done = subprocess.run(
        ["make", "-s", "-C", ROOT, MAKE_BUILD, "PROGRAMS=", "oci",
         f"OCI_IMAGE={image}", *words], text=True, capture_output=True, timeout=HANGS,
        env={**doc_page.environment(), "OPTIONS": "--nonsense"})
    assert (done.stderr, done.returncode) == ("", 0)
    return read_image(image)


def test_make_passes_options_and_the_image_reports_in_json(tmp_path):
    provider = str(PROVIDER).format("x86_64")
    config, layer = make(tmp_path / "image.tar", f"PROVIDER={provider}",
                         f"GUEST={str(CALCULATOR).format('x86_64')}",
                         "OPTIONS=--timeout 60 --report=json")
    layer.extractall(tmp_path / "root")
    done = run(config, tmp_path / "root")
    assert done.stdout.startswith("9000000000 + 1 = 9000000001\n")
    report = json.loads(done.stderr)
    assert (report["end"], report["status"], done.returncode) == ("exit", 0, 0)


def test_make_passes_arguments_of_the_guest_and_has_a_guest_by_itself(tmp_path):
    config, _ = make(tmp_path / "image.tar", "ARGUMENTS=--rate 5")
    assert config["config"]["Entrypoint"] == ["/usr/lib/jumpslot/bin/host-wrapper",
                                              "/guest/hello-x86_64.elf"]
    assert config["config"]["Cmd"] == ["--rate", "5"]


def test_the_same_input_gives_the_same_image(tmp_path):
    for name in "first", "second":
        pack(tmp_path / name, str(CALCULATOR).format("x86_64"))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_what_cannot_be_packed_is_refused_in_one_line(tmp_path):
    (tmp_path / "text").write_text("no ELF file, but longer than its header is")
    output = tmp_path / "image.tar"
    assert pack(output, tmp_path / "none", status=1) == (
        f"oci-image: {tmp_path}/none: No such file or directory\n")
    assert pack(output, tmp_path / "text", status=1) == (
        f"oci-image: {tmp_path}/text: no ELF file (expected a guest)\n")
    provider = str(PROVIDER).format("x86_64")
    assert pack(output, "--provider", provider, "--provider", provider,
                str(CALCULATOR).format("x86_64"), status=1) == (
        f"oci-image: {provider}: two files of the guest have that name\n")
    assert not output.exists()
