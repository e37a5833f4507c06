"""One safetensors file: written and read as the package does it, refused where it is broken."""

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.errors import FarsideError
from farside.k2.shard import ITEM_BYTES, Spec, file_size, is_whole, new_shard, read_shard

SPECS = [
    Spec("b.weight", "BF16", (3,)),
    Spec("a.weight", "BF16", (2, 2)),
    Spec("a.weight_shape", "I64", (2,)),
    Spec("bias", "F32", (4,)),
    Spec("words", "I32", (2, 1)),
    Spec("é", "U8", (5,)),
    Spec("none", "F32", (0, 4)),
]


def octets(spec: Spec) -> bytes:
    return bytes((7 * index + len(spec.name)) % 256 for index in range(spec.nbytes))


def write(path: Path, specs: list[Spec]) -> Path:
    with new_shard(path, specs) as put:
        for spec in specs:
            put(spec.name, memoryview(octets(spec)))
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", SPECS)
    shard = read_shard(path)
    assert {spec.name: shard.read(spec.name) for spec in SPECS} == {spec.name: octets(spec) for spec in SPECS}
    assert set(shard.specs.values()) == set(SPECS)
    assert path.stat().st_size == file_size(SPECS)
    assert [file.name for file in tmp_path.iterdir()] == ["a.safetensors"]


def test_the_file_equals_the_packages_byte_for_byte(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra k2")
    package = pytest.importorskip("safetensors.torch", reason="needs the extra k2")
    ours = write(tmp_path / "a.safetensors", SPECS)
    tensors = package.load_file(ours)
    assert {name: tuple(tensor.shape) for name, tensor in tensors.items()} == {s.name: s.shape for s in SPECS}
    assert package.save(tensors, metadata={"format": "pt"}) == ours.read_bytes()


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            Spec,
            st.text(st.characters(codec="utf-8"), min_size=1),
            st.sampled_from(sorted(ITEM_BYTES)),
            st.lists(st.integers(0, 3), max_size=3).map(tuple),
        ),
        max_size=5,
        unique_by=lambda spec: spec.name,
    ).filter(lambda specs: "__metadata__" not in [spec.name for spec in specs])
)
def test_any_tensors_survive(tmp_path_factory: pytest.TempPathFactory, specs: list[Spec]) -> None:
    path = write(tmp_path_factory.mktemp("any") / "a.safetensors", specs)
    shard = read_shard(path)
    assert {name: bytes(shard.read(name)) for name in shard.specs} == {spec.name: octets(spec) for spec in specs}
    assert is_whole(path, specs)


def with_header(path: Path, header: object, data: bytes = b"") -> Path:
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def entry(begin: int, end: int, dtype: str = "U8", shape: object = (4,)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.mark.parametrize(
    ("header", "data", "told"),
    [
        (b"nonsense", b"", "its header is no JSON object"),
        ([], b"", "its header is no JSON object"),
        ({"w": entry(0, 4)}, b"123", "the tensor w is cut off; 1 bytes lack"),
        ({"w": entry(0, 4)}, b"12345", "1 bytes that belong to no tensor"),
        ({"w": entry(0, 3)}, b"123", r"w has 3 bytes; U8 \[4\] takes 4"),
        ({"w": entry(1, 5)}, b"12345", "w does not begin where the tensor before it ends"),
        ({"v": entry(0, 4), "w": entry(2, 6)}, b"123456", "w does not begin where"),
        ({"w": entry(0, 4, "U9")}, b"1234", "w has the dtype U9"),
        ({"w": {**entry(0, 4), "dtype": []}}, b"1234", r"w has the dtype \[\]"),
        ({"w": entry(0, 4, shape="4")}, b"1234", "the header's entry of w is not understood"),
        ({"w": entry(0, 4, shape=[-2, -2])}, b"1234", "the header's entry of w is not understood"),
        ({"w": entry(0, 4, shape=[4.0])}, b"1234", "the header's entry of w is not understood"),
        ({"w": {"dtype": "U8"}}, b"1234", "the header's entry of w is not understood"),
        ({"w": 4}, b"1234", "the header's entry of w is not understood"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path: Path, header: object, data: bytes, told: str) -> None:
    path = with_header(tmp_path / "broken.safetensors", header, data)
    with pytest.raises(FarsideError, match=told) as refused:
        read_shard(path)
    assert "broken.safetensors" in str(refused.value)


def test_a_file_that_ends_early_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", SPECS[:2])
    whole = path.read_bytes()
    for length in range(0, len(whole), 5):
        path.write_bytes(whole[:length])
        with pytest.raises(FarsideError, match=r"a\.safetensors"):
            read_shard(path)
        assert not is_whole(path, SPECS[:2])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="cannot be read: No such file"):
        read_shard(tmp_path / "a.safetensors")


def test_a_file_that_became_shorter_is_found_when_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", SPECS)
    shard = read_shard(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FarsideError, match="é is cut off"):
        shard.read("é")


def test_nothing_is_left_of_a_file_that_broke_off(tmp_path: Path) -> None:
    def half() -> None:
        with new_shard(tmp_path / "a.safetensors", SPECS) as put:
            put("é", memoryview(b"12345"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == []


def test_a_tensor_that_was_forgotten_or_is_of_another_size_is_an_error(tmp_path: Path) -> None:
    def short(octets: bytes | None) -> None:
        with new_shard(tmp_path / "a.safetensors", [Spec("w", "U8", (4,))]) as put:
            if octets:
                put("w", memoryview(octets))

    for wrong in (None, b"123"):
        with pytest.raises(AssertionError):
            short(wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(FarsideError, match="could not be written: No such file"),
        new_shard(tmp_path / "no" / "a", SPECS),
    ):
        pass
