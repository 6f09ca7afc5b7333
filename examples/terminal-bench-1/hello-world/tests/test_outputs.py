from pathlib import Path

HELLO = Path("/app/hello.txt")


def test_hello_file_exists():
    assert HELLO.is_file(), f"{HELLO} does not exist"


def test_hello_file_content():
    assert HELLO.read_text() == "Hello, world!\n"
