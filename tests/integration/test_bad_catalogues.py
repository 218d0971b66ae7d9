"""Catalogues with faults, as folders: every word that `chisoctl check-catalogue` says of them."""

import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BIN, ROOT

FOLDERS = ROOT / "tests/fixtures/bad_catalogues"


class BadCatalogues(unittest.TestCase):
    maxDiff = None

    def test_all_faults_are_said_in_one_run(self):
        for folder in sorted(path for path in FOLDERS.iterdir() if path.is_dir()):
            with self.subTest(folder.name), tempfile.TemporaryDirectory(prefix="chiso-") as made:
                for source in (FOLDERS / "good", folder):
                    for path in source.glob("*.csv"):
                        shutil.copy(path, made)
                for language, expected in (("en", "expected.txt"), ("vi", "expected.vi.txt")):
                    ended = subprocess.run([BIN / "chisoctl", "check-catalogue", made, "--lang", language],
                                           capture_output=True, check=False)
                    self.assertEqual("", ended.stderr.decode())
                    self.assertEqual((folder / expected).read_text(encoding="utf-8"), ended.stdout.decode("utf-8"))
                    self.assertEqual(0 if folder.name == "good" else 1, ended.returncode)


CORE = ROOT / "services/common/core"
STRING = r'(?:"(?:[^"\\]|\\.)*"\s*)+'


def joined(literals):
    """A C literal of several pieces, as the program has it."""
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))
    return text.replace('\\"', '"').replace("\\\\", "\\")


def arguments(source, start):
    """The text between a call's parentheses."""
    depth, inside, at = 1, False, start
    while depth:
        if source[at] == '"' and source[at - 1] != "\\":
            inside = not inside
        depth += 0 if inside else {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
    return source[start:at - 1]


class Translations(unittest.TestCase):
    """A sentence that is added without its translation shows up here, whether a catalogue makes it happen or not."""

    def sentences(self):
        """Every sentence about a catalogue as its template."""
        found = set()
        for path in CORE.glob("catalogue_*.c"):
            source = path.read_text(encoding="utf-8")
            for call in re.finditer(r"\b(?:fault|fault_word|caution|finding_add|component_fault)\(", source):
                literal = re.search(STRING, arguments(source, call.end()))
                if literal and joined(literal.group()) != "%s":
                    found.add(re.sub(r"%(?:\.\*s|zu|[sdu])", "*", joined(literal.group())).replace("%%", "%"))
        return found

    def test_every_sentence_about_a_catalogue_is_said_in_a_test(self):
        """With the words that are in it there: every rule has its catalogue that breaks it."""
        said = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDERS.glob("*/expected.txt")))
        for path in sorted((ROOT / "tests/unit").glob("test_catalogue*.c")):
            said += re.sub(r'"\s*"', "", path.read_text(encoding="utf-8")).replace('\\"', '"')
        unsaid = [text for text in self.sentences() if not re.search(".*?".join(map(re.escape, text.split("*"))), said)]
        self.assertEqual([], unsaid)

    def test_every_sentence_about_a_catalogue_has_one(self):
        table = (CORE / "sentence_vi_catalogue.c").read_text(encoding="utf-8")
        table += (CORE / "sentence_vi.c").read_text(encoding="utf-8")
        pairs = [(joined(english), joined(vietnamese))
                 for english, vietnamese in re.findall(rf"\{{({STRING}),\s*({STRING})\}}", table)]
        known = {english for english, _ in pairs}
        # "x '%s' is not above 0" and its like are told by the general sentence about cells.
        general = {text for text in self.sentences() if re.sub(r"^[a-z_]+ '", "* '", text) in known}
        self.assertGreater(len(self.sentences()), 100)
        self.assertEqual(set(), self.sentences() - known - general)
        self.assertEqual([], [pair for pair in pairs if pair[0].count("*") != pair[1].count("*")])
