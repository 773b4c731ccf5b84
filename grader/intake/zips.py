"""Unpack a zip that anybody may have made: nothing is written beside the folder, nothing is a link, and nothing grows for ever."""

from __future__ import annotations

import errno
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import Unreadable
from ..files import safe_component
from ..submission.notebook import MAX_FILE_BYTES

MOST_FILES = 50_000
MOST_BYTES = 4 << 30  # unpacked: 4 GB are 4,000 notebooks with their pictures
DEEPEST = 2  # zips in zips: an export of hand-ins that are zips themselves
CHUNK = 1 << 20
ITS_NAME = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL)  # is what keeps a member out


@dataclass(frozen=True)
class Refused:
    """A member that was not unpacked, and why."""

    name: str
    why: str


def unpack(path: Path, folder: Path) -> list[Refused]:
    """Unpack a zip into `folder`, and zips inside into folders of their names. Return what was left out.

    Raise Unreadable for a file that is no zip, and for one that is too large for a class's work.
    """
    return list(_Unpacking(folder).unpack(path, folder, 0))


class _Unpacking:
    def __init__(self, folder: Path) -> None:
        self.folder, self.left = folder, MOST_BYTES

    def unpack(self, path: Path, folder: Path, depth: int) -> Iterator[Refused]:
        """Unpack one zip and yield what is refused of it."""
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError) as broken:
            raise Unreadable(f"{path.name}: is no zip that can be read ({broken}): download it again") from broken
        with archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise Unreadable(
                    f"{path.name}: holds {len(members):,} files, which no class hands in (at most {MOST_FILES:,})"
                )
            for member in members:
                if not member.is_dir():
                    yield from self._member(archive, member, folder, depth)

    def _member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, depth: int) -> Iterator[Refused]:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or not name.parts or "\0" in member.filename:
            yield Refused(member.filename, "its name leads out of the folder")
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield Refused(member.filename, "it is a link")
        elif member.flag_bits & 1:
            yield Refused(member.filename, "it is encrypted")
        else:
            target = folder.joinpath(*name.parts)
            try:
                self._write(archive, member, target)
            except _TooLargeError:
                target.unlink(missing_ok=True)
                yield Refused(member.filename, f"it is larger than {MAX_FILE_BYTES >> 20} MB")
            except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as broken:
                target.unlink(missing_ok=True)
                yield Refused(member.filename, f"it cannot be unpacked ({broken})")
            except OSError as problem:
                if problem.errno not in ITS_NAME:  # a full disk, say: not the member's fault
                    raise
                yield Refused(member.filename, f"no file can have its name here ({(problem.strerror or '').lower()})")
            else:
                if target.suffix.lower() == ".zip":
                    yield from self._inner(target, member.filename, depth)

    def _write(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
        """Write one member. What it claims to measure is not believed: it is counted while it is unpacked."""
        target.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        with archive.open(member) as packed, target.open("xb") as out:
            while chunk := packed.read(CHUNK):
                size += len(chunk)
                self.left -= len(chunk)
                if self.left < 0:
                    raise Unreadable(
                        f"{archive.filename}: unpacks to more than {MOST_BYTES >> 30} GB: unpack it yourself"
                    )
                if size > MAX_FILE_BYTES:
                    raise _TooLargeError
                out.write(chunk)

    def _inner(self, target: Path, name: str, depth: int) -> Iterator[Refused]:
        """Unpack a zip that lay in a zip, in the place where it was."""
        if depth + 1 >= DEEPEST:
            yield Refused(name, "it is a zip in a zip in a zip")
            return
        try:
            # Of "...zip" the stem is "..", which leads out of the folder.
            yield from self.unpack(target, target.with_name(safe_component(target.stem)), depth + 1)
        except Unreadable as why:
            yield Refused(name, str(why))
        target.unlink()


class _TooLargeError(Exception):
    pass
